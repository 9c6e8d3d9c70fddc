import LinearAlgebra
import Stitching

/// Who trains with what in the next generation. Decisions follow from the plan, the seed and what members reached,
/// and from nothing else: every draw has a key of its own.
struct Decisions {
    let plan: SearchPlan
    /// Of the manifest.
    let seed: UInt64
    /// The manifest's own values of the searched settings.
    let start: [String: SettingValue]

    /// What draws are for.
    private enum Purpose: UInt32 {
        case beginning = 1
        case partner = 2
        case change = 3
    }

    /// A changed setting is drawn anew with this probability, and moved a step otherwise.
    private static let redrawn = 0.1
    /// Share of the population that is replaced, and that it is replaced by.
    private static let truncated = 0.25

    /// Draws about a member after a generation. Each setting has a key of its own: one more in the space changes
    /// no other's draws.
    private func stream(_ purpose: Purpose, of name: String, member: Int, generation: Int) -> RandomStream {
        RandomStream(
            seed: seed, key: RandomStream.key(for: name), purpose: purpose.rawValue,
            item: UInt32(truncatingIfNeeded: member), step: UInt32(truncatingIfNeeded: generation))
    }

    /// Members have neighbouring seeds; the registry holds signed numbers.
    private func seed(ofMember number: Int, _ values: [String: SettingValue]) -> UInt64 {
        if case .whole(let chosen)? = values["seed"] { return UInt64(chosen) }
        return (seed &+ UInt64(number - 1)) & UInt64(Int.max)
    }

    // MARK: Beginning

    /// The members of the first generation. The first has the manifest's own settings; of a population the
    /// others are near these and from anywhere in turns, since nobody knows which is better.
    func beginning() -> [SearchMember] {
        (1...plan.members).map { number in
            let values = number == 1 ? start : values(ofMember: number)
            return SearchMember(
                number: number, seed: seed(ofMember: number, values), values: values, origin: .begun)
        }
    }

    private func values(ofMember number: Int) -> [String: SettingValue] {
        if plan.method == .grid { return combination(number - 2) }
        var values: [String: SettingValue] = [:]
        for setting in plan.space {
            func stream(_ generation: Int) -> RandomStream {
                self.stream(.beginning, of: setting.name, member: number, generation: generation)
            }
            let uniform = stream(0).uniforms(1)[0]
            if plan.method == .pbt, number % 2 == 0, let first = start[setting.name] {
                let normal = Double(stream(1).normals(1)[0])
                values[setting.name] = setting.near(first, normal: normal, uniform: uniform)
            } else {
                values[setting.name] = setting.anywhere(uniform)
            }
        }
        return values
    }

    /// One of all combinations; the last setting changes first.
    private func combination(_ place: Int) -> [String: SettingValue] {
        var rest = place
        var values: [String: SettingValue] = [:]
        for setting in plan.space.reversed() {
            guard case .choice(let choices) = setting.range else { continue }
            values[setting.name] = choices[rest % choices.count]
            rest /= choices.count
        }
        return values
    }

    // MARK: Between generations

    /// The members of the next generation.
    ///
    /// - Parameters:
    ///   - last: complete.
    ///   - size: how many go on; the first one always does.
    func next(after last: SearchGeneration, size: Int) -> [SearchMember] {
        let ranked = last.ranked
        // What is compared with in the end is trained to the end.
        let control = ranked.first { $0.number == 1 }
        var kept = Array(ranked.prefix(size))
        if let control, !kept.contains(where: { $0.number == 1 }) {
            if kept.count == size, size > 1 { kept.removeLast() }
            kept.append(control)
        }
        let parents = plan.method == .pbt ? exploit(kept, generation: last.number) : [:]
        return kept.sorted { $0.number < $1.number }.compactMap { member -> SearchMember? in
            guard let parent = parents[member.number] else {
                // Nobody goes on with a training that has no result, unless somebody else's takes its place.
                guard member.objective != nil else { return nil }
                return SearchMember(
                    number: member.number, seed: member.seed, values: member.values, origin: .continued,
                    parent: member.number)
            }
            let values = explore(parent, member: member.number, generation: last.number)
            return SearchMember(
                number: member.number, seed: seed(ofMember: member.number, values), values: values,
                origin: .copied, parent: parent.number)
        }
    }

    /// Which members become copies, of whom. The first may be copied, and becomes no copy.
    ///
    /// - Parameter all: the best first.
    private func exploit(_ all: [SearchMember], generation: Int) -> [Int: SearchMember] {
        let sound = all.filter { $0.problem == nil && $0.objective != nil }
        guard !sound.isEmpty else { return [:] }
        let ranked = all.filter { $0.number != 1 }
        let quarter = max(Int((Double(ranked.count) * Self.truncated).rounded()), 1)
        let models = Array(sound.prefix(quarter))
        var parents: [Int: SearchMember] = [:]
        for (place, member) in ranked.enumerated() {
            let draw = stream(.partner, of: "", member: member.number, generation: generation)
            let uniform = draw.uniforms(1)[0]
            let isSound = member.problem == nil && member.objective != nil
            let isLast = place >= ranked.count - quarter
            if !isSound || (plan.exploit == .truncation && isLast) {
                let model = models[min(Int(uniform * Double(models.count)), models.count - 1)]
                if model.number != member.number { parents[member.number] = model }
            } else if plan.exploit == .tournament {
                let others = sound.filter { $0.number != member.number }
                guard !others.isEmpty else { continue }
                let met = others[min(Int(uniform * Double(others.count)), others.count - 1)]
                if met.objective ?? 0 > member.objective ?? 0 { parents[member.number] = met }
            }
        }
        return parents
    }

    /// A copy's settings: those of its parent, of which every one that can change is moved a step or drawn anew.
    private func explore(
        _ parent: SearchMember, member: Int, generation: Int
    ) -> [String: SettingValue] {
        var values = parent.values
        for setting in plan.space where SettingName.canChange(setting.name) {
            let draws = stream(.change, of: setting.name, member: member, generation: generation).uniforms(2)
            values[setting.name] =
                draws[0] < Self.redrawn
                ? setting.anywhere(draws[1])
                : setting.beside(parent.values[setting.name] ?? setting.anywhere(draws[1]), uniform: draws[1])
        }
        return values
    }
}
