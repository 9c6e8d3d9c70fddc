/// Which of the names that exist was most likely meant.
///
/// Upper and lower case count as the same letter. Equally near names are decided by the alphabet, so
/// that the same mistake always gets the same answer.
public enum NearestName {
    /// `names` with the one that is spelt most like `wanted` first.
    public static func sorted(_ names: [String], to wanted: String) -> [String] {
        let letters = Array(wanted.lowercased())
        return names.map { (edits(from: letters, to: Array($0.lowercased())), $0) }
            .sorted { $0 < $1 }
            .map(\.1)
    }

    /// The name nearest to `wanted`, or `nil` when none is near enough to be meant by it.
    ///
    /// Near means: at most two edits, or at most a third of the letters in longer names, or one is
    /// the beginning of the other (three letters or more).
    public static func nearest(to wanted: String, among names: some Sequence<String>) -> String? {
        let letters = Array(wanted.lowercased())
        let limit = max(2, letters.count / 3)
        var best: (distance: Int, name: String)?
        for name in names {
            let candidate = Array(name.lowercased())
            let isBeginning =
                min(letters.count, candidate.count) >= 3
                && (candidate.starts(with: letters) || letters.starts(with: candidate))
            guard isBeginning || abs(candidate.count - letters.count) <= limit else { continue }
            let distance = edits(from: letters, to: candidate)
            guard isBeginning || distance <= limit,
                distance < max(letters.count, candidate.count)
            else { continue }
            if let current = best, (current.distance, current.name) <= (distance, name) { continue }
            best = (distance, name)
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of two neighbours that turn one into the other.
    private static func edits(from a: [Character], to b: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var distance = min(
                    previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    distance = min(distance, beforePrevious[j - 1] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
