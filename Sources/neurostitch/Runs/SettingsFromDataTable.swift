import Stitching

/// One row a setting that follows from the recordings, with the reason.
enum SettingsFromDataTable {
    static func text(_ settings: SettingsFromData) -> String {
        Terminal.table(
            ["setting", "", "why (the manifest can say otherwise)"],
            settings.choices.map { [$0.key, "\($0.value)", $0.reason] })
    }
}
