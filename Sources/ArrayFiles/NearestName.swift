/// Which of the names that exist was most likely meant.
public enum NearestName {
    /// `names` with the one that is spelt most like `wanted` first; equally near ones by alphabet.
    public static func sorted(_ names: [String], to wanted: String) -> [String] {
        let target = Array(wanted.lowercased())
        return names
            .map { (name: $0, distance: distance(from: target, to: Array($0.lowercased()))) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .map(\.name)
    }

    /// Levenshtein's distance: insertions, deletions and replacements of one character.
    private static func distance(from a: [Character], to b: [Character]) -> Int {
        var previous = Array(0...b.count)
        for (i, character) in a.enumerated() {
            var current = [i + 1]
            for (j, other) in b.enumerated() {
                current.append(
                    min(
                        previous[j] + (character == other ? 0 : 1), previous[j + 1] + 1,
                        current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
}
