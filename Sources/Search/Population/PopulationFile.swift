import ArrayFiles
import Foundation
import Stitching

/// Where a search stands, in `runs/RUN/search`: complete generations, and the files of those members that the next
/// one begins with. It holds no times and no numbers of threads: the same search leaves the same bytes.
struct PopulationFile {
    private let folder: String
    private var path: String { "\(folder)/population.json" }

    /// What is kept.
    struct Content: Codable, Equatable {
        static let format = "neurostitch-search"
        var format = Self.format
        var version = 1
        /// The settings around which is searched, as JSON.
        var settings: String
        /// What is searched, and how.
        var plan: SearchPlan
        /// Complete ones.
        var generations: [SearchGeneration] = []
        /// Who trains in the next one; empty when the search is done.
        var next: [SearchMember]
    }

    init(_ run: RunFolder) { folder = "\(run.path)/search" }

    /// The file that a member's training left after a generation.
    func member(_ number: Int, generation: Int) -> String {
        "\(folder)/generation-\(generation)-member-\(number).h5"
    }

    func read() throws -> Content? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SearchError.notAPopulation(path: path, what: "it can't be read")
        }
        do {
            let content = try JSONDecoder().decode(Content.self, from: data)
            guard content.format == Content.format, content.version == 1 else {
                throw SearchError.notAPopulation(
                    path: path, what: "its format is not one that this version knows")
            }
            return content
        } catch let error as DecodingError {
            throw SearchError.notAPopulation(path: path, what: "\(error)")
        }
    }

    /// Replaces the file, and removes members' files that nothing goes on from any more.
    func write(_ content: Content) throws {
        let manager = FileManager.default
        do { try manager.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw ArrayFileError.cannotWrite(path: folder, reason: error.localizedDescription)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try AtomicFile.write(try encoder.encode(content), to: path)
        let last = content.generations.last?.number ?? 0
        let needed = content.next.compactMap(\.parent) + [content.generations.last?.best?.number ?? 1, 1]
        let paths = Set(needed.map { member($0, generation: last) })
        remove { $0 != "population.json" && !paths.contains("\(folder)/\($0)") }
    }

    /// What processes that were killed while saving left behind. Ranks of a job that was killed may still be at it, on
    /// other machines.
    func removeRemains() { OwnedTemporary.removeAbandoned(in: folder) { _ in true } }

    /// All that a search kept of its members; the run has what it needs.
    func removeMembers() { remove { $0 != "population.json" } }

    private func remove(_ isMeant: (String) -> Bool) {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where isMeant(name) {
            try? manager.removeItem(atPath: "\(folder)/\(name)")
        }
    }
}

extension SearchedSetting: Codable {
    private enum CodingKeys: String, CodingKey { case name, whole, log, linear, choice }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func ends(_ key: CodingKeys) throws -> ClosedRange<Double>? {
            guard let numbers = try container.decodeIfPresent([Double].self, forKey: key) else { return nil }
            guard numbers.count == 2, numbers[0] < numbers[1] else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "two numbers, the smaller one first")
            }
            return numbers[0]...numbers[1]
        }
        let range: SearchRange
        if let values = try container.decodeIfPresent([SettingValue].self, forKey: .choice) {
            range = .choice(values)
        } else if let ends = try ends(.log) {
            range = .logarithmic(ends)
        } else if let ends = try ends(.linear) {
            range = .linear(ends)
        } else {
            throw DecodingError.dataCorruptedError(
                forKey: .choice, in: container, debugDescription: "log, linear or choice")
        }
        self.init(
            try container.decode(String.self, forKey: .name), range,
            isWhole: try container.decode(Bool.self, forKey: .whole))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(isWhole, forKey: .whole)
        switch range {
        case .logarithmic(let ends): try container.encode([ends.lowerBound, ends.upperBound], forKey: .log)
        case .linear(let ends): try container.encode([ends.lowerBound, ends.upperBound], forKey: .linear)
        case .choice(let values): try container.encode(values, forKey: .choice)
        }
    }
}
