import ArrayFiles
import Messages
import Yams

/// Keys and values of a manifest, or of a part of it such as `units: {…}`.
///
/// Every key that is asked for is ticked off. `finish()` on the root then finds those that nobody
/// asked for, here and in every nested mapping that was opened.
public struct ManifestMapping {
    /// The way here from the root, e.g. `units`; empty for the root.
    public let key: String
    /// Line of the file, from 1.
    public let line: Int
    private let entries: [(name: String, line: Int, node: Node)]
    private let ledger: ManifestLedger

    /// The manifest's file.
    public var path: String { ledger.path }

    init(_ mapping: Node.Mapping, key: String, ledger: ManifestLedger) throws {
        self.key = key
        self.ledger = ledger
        line = mapping.mark?.line ?? 1
        var entries: [(name: String, line: Int, node: Node)] = []
        var names: [String: Int] = [:]
        for (name, node) in mapping {
            let line = name.mark?.line ?? self.line
            guard case .scalar(let scalar) = name else {
                throw ManifestError.keyNotText(
                    path: ledger.path, line: line, found: ManifestValue.description(of: name))
            }
            if let first = names.updateValue(line, forKey: scalar.string) {
                throw ManifestError.duplicateKey(path: ledger.path, line: first, key: scalar.string)
            }
            entries.append((scalar.string, line, node))
        }
        self.entries = entries
        ledger.open(key, entries.map { ($0.name, $0.line) })
    }

    /// The value of a key that has to be there.
    /// - Throws: `ManifestError.missingKey`
    public func required(_ name: String) throws -> ManifestValue {
        if let value = optional(name) { return value }
        throw ManifestError.missingKey(
            path: path, line: line, key: wayTo(name),
            misspelling: NearestName.nearest(to: name, among: ledger.unasked(in: key).map(\.name)))
    }

    /// The value of a key that may be left out. A key that is there without a value (`array:`) is
    /// not the same as one that is left out: reading it is an error.
    public func optional(_ name: String) -> ManifestValue? {
        ledger.ask(for: name, in: key)
        guard let entry = entries.first(where: { $0.name == name }) else { return nil }
        return value(of: entry)
    }

    /// Every key with its value, in the order of the file, for mappings whose keys are data.
    public func all() -> [(name: String, value: ManifestValue)] {
        entries.map { entry in
            ledger.ask(for: entry.name, in: key)
            return (entry.name, value(of: entry))
        }
    }

    /// Call it on the root when everything has been read.
    ///
    /// - Parameter place: of a key that stands in the wrong mapping, the way to where it belongs.
    /// - Throws: `ManifestError.unknownKey` for the first key of the file that nobody asked for.
    public func finish(whereItBelongs place: (String) -> String? = { _ in nil }) throws {
        for mapping in ledger.mappings(within: key) {
            guard let first = ledger.unasked(in: mapping).first else { continue }
            let known = ledger.asked(in: mapping)
            throw ManifestError.unknownKey(
                path: path, line: first.line, key: mapping.isEmpty ? first.name : "\(mapping).\(first.name)",
                nearest: place(first.name) ?? NearestName.nearest(to: first.name, among: known), known: known)
        }
    }

    /// An error about a value of this mapping that depends on more than that value.
    public func contradiction(_ name: String, _ problem: String) -> ManifestError {
        let line = entries.first { $0.name == name }?.line ?? self.line
        return .contradiction(path: path, line: line, key: wayTo(name), problem: problem)
    }

    private func wayTo(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

    private func value(of entry: (name: String, line: Int, node: Node)) -> ManifestValue {
        ManifestValue(node: entry.node, key: wayTo(entry.name), line: entry.line, ledger: ledger)
    }
}

/// Which keys a manifest has, and which of them were asked for. One for the whole document.
final class ManifestLedger {
    let path: String
    private var order: [String] = []
    private var present: [String: [(name: String, line: Int)]] = [:]
    private var askedFor: [String: Set<String>] = [:]

    init(path: String) { self.path = path }

    func open(_ mapping: String, _ keys: [(name: String, line: Int)]) {
        if present.updateValue(keys, forKey: mapping) == nil { order.append(mapping) }
    }

    func ask(for name: String, in mapping: String) { askedFor[mapping, default: []].insert(name) }

    func asked(in mapping: String) -> [String] { askedFor[mapping, default: []].sorted() }

    func unasked(in mapping: String) -> [(name: String, line: Int)] {
        present[mapping, default: []].filter { askedFor[mapping]?.contains($0.name) != true }
    }

    func mappings(within mapping: String) -> [String] {
        guard !mapping.isEmpty else { return order }
        return order.filter {
            $0 == mapping || $0.hasPrefix("\(mapping).") || $0.hasPrefix("\(mapping)[")
        }
    }
}
