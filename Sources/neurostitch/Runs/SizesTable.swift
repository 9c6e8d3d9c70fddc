import Stitching

/// One row a size that follows from the recordings, with the reason.
enum SizesTable {
    static func text(_ sizes: SizesFromData) -> String {
        Terminal.table(
            ["size", "", "why (the manifest can say otherwise)"],
            sizes.choices.map { [$0.key, "\($0.value)", $0.reason] })
    }
}
