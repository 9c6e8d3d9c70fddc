extension StitchSettings {
    /// A key of a manifest and its value.
    public struct Entry: Sendable, Equatable {
        /// The key, as manifests spell it.
        public let key: String
        /// What it is set to.
        public let value: SettingValue
    }

    /// What stands at the top of that manifest; keys at their default are left out.
    public var topEntries: [Entry] {
        var entries = [Entry(key: "seed", value: .whole(Int(firstSeed)))]
        if restarts > 1 { entries.append(Entry(key: "restarts", value: .whole(restarts))) }
        if let startFrom { entries.append(Entry(key: "start_from", value: .word(startFrom))) }
        switch holdOut.units {
        case .none: break
        case .share(let share): entries.append(Entry(key: "held_out_units", value: .double(share)))
        case .named(let names): entries.append(Entry(key: "held_out_units", value: .list(names)))
        case .namedBySession(let names):
            entries.append(Entry(key: "held_out_units", value: .lists(names)))
        }
        if !holdOut.conditions.isEmpty {
            entries.append(Entry(key: "exclude_conditions", value: .list(holdOut.conditions)))
        }
        return entries
    }

    /// The sections of the manifest that asks for just these settings, under its keys.
    public var sections: [(name: String, entries: [Entry])] {
        [
            ("alignment", ManifestKey.show(StitchKeys.alignment, of: alignment)),
            ("model", ManifestKey.show(StitchKeys.model, of: model)),
            ("train", ManifestKey.show(StitchKeys.training, of: training)),
        ]
    }
}
