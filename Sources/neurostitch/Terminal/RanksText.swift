import Stitching

/// What the processes of a job bring, in words.
enum RanksText {
    /// - Parameter most: ranks that find something to do, where there is a limit.
    static func show(_ strength: RankStrength, most: Int = .max, quiet: Bool) {
        let count = strength.threads.count
        if !quiet {
            print(
                "\(count) ranks with \(strength.threads.reduce(0, +)) threads: "
                    + strength.threads.map(String.init).joined(separator: ", "))
        }
        if count > most {
            Terminal.printError(
                "warning: an update has \(most) parts, so that \(count - most) of the \(count) ranks find nothing to do"
            )
        }
        if !strength.differing.isEmpty {
            Terminal.printError(
                "warning: \(strength.differing.joined(separator: ", ")) compute with other instructions than rank 0; "
                    + "the same work can have other last bits where ranks are placed differently")
        }
    }
}
