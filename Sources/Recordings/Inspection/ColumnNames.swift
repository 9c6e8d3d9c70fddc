/// Which columns of a table of trials look like events and like labels, by what they are called.
enum ColumnNames {
    private static let usualEvents = ["move_onset_time", "movement_onset_time", "go_cue_time", "go_time"]
    private static let eventWords = ["onset", "cue", "go_", "_go", "move"]
    /// All trials have a start, and many things a time.
    private static let otherWords = ["start_time", "event", "stim", "time"]
    private static let labelWords = ["condition", "target", "direction", "label", "type", "cond"]

    /// Those that may be times of an event, the likeliest first.
    static func events(among names: [String]) -> [String] {
        let usual = usualEvents.filter(names.contains)
        let others = (eventWords + otherWords).flatMap { word in
            names.filter { (word == "go_" || word == "_go" ? "_\($0)_" : $0).lowercased().contains(word) }
        }
        var seen = Set<String>()
        return (usual + others).filter { seen.insert($0).inserted }
    }

    /// Those that may label a trial, the likeliest first.
    static func labels(among names: [String]) -> [String] {
        var seen = Set<String>()
        return labelWords.flatMap { word in names.filter { $0.lowercased().contains(word) } }
            .filter { seen.insert($0).inserted }
    }
}
