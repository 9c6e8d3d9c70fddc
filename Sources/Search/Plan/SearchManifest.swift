public import Registry
public import Stitching

/// A stitch manifest and what its section `search` asks for; without the section, the default search.
///
/// ```yaml
/// run: jango
/// sessions: {subject: Jango}
/// search:
///   method: pbt                    # or random, grid
///   members: 20
///   generations: 10
///   exploit: truncation            # or tournament
///   halve_at: [0.25, 0.5]
///   objective: bits_per_spike      # or co_smoothing, likelihood
///   minutes: 15
///   space:
///     model: {dropout_rate: {linear: [0, 0.6]}, fac_dim: {choice: [24, 32, 48]}}
///     train: {lr_init: {log: [5.0e-4, 1.0e-2]}}
/// ```
public struct SearchManifest: Sendable {
    /// Everything that is not searched.
    public var stitch: StitchManifest
    /// What is searched, and how.
    public var plan: SearchPlan

    /// A search made in a program.
    public init(_ stitch: StitchManifest, _ plan: SearchPlan = SearchPlan()) {
        self.stitch = stitch
        self.plan = plan
    }

    /// Reads a manifest from a YAML file.
    ///
    /// - Throws: `ManifestError`, naming file and line.
    public init(contentsOf path: String) throws { try self.init(ManifestDocument(contentsOf: path)) }

    /// Reads a manifest from YAML.
    ///
    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        var plan = SearchPlan()
        stitch = try StitchManifest(document) { root in
            if let section = root.optional("search") { plan = try SearchPlan(section.mapping()) }
        }
        self.plan = plan
    }
}

extension SearchPlan {
    /// A population of more is a slip.
    private static let mostMembers = 10_000

    init(_ section: ManifestMapping) throws {
        self.init()
        if let value = section.optional("method") { method = try value.oneOf(Method.self) }
        let members = try section.optional("members")?.integer(in: 1...Self.mostMembers)
        if let value = section.optional("generations") { generations = try value.integer(in: 1...1_000_000) }
        if let value = section.optional("exploit") { exploit = try value.oneOf(Exploit.self) }
        if let value = section.optional("objective") { objective = try value.oneOf(Objective.self) }
        minutes = try section.optional("minutes")?.positiveNumber(of: "minutes")
        if let value = section.optional("halve_at") {
            halvings = try value.elements().map { element in
                let share = try element.number()
                guard share > 0, share < 1 else {
                    throw element.outOfRange(expected: "a share of the epochs between 0 and 1, such as 0.25")
                }
                return share
            }.sorted()
        }
        if let value = section.optional("space") { space = try Self.space(value.mapping()) }
        self.members = members ?? self.members
        guard method == .grid else { return }
        var combinations = 1
        for setting in space {
            guard case .choice(let values) = setting.range else {
                throw section.contradiction(
                    "method",
                    "a grid needs the values of every setting; write {choice: [\u{2026}]} for \(setting.name)"
                )
            }
            combinations = min(
                combinations.multipliedReportingOverflow(by: values.count).partialValue, Self.mostMembers + 1)
        }
        guard combinations <= Self.mostMembers else {
            throw section.contradiction(
                "method", "a grid of over \(Self.mostMembers) combinations; leave out settings")
        }
        if let members, members != combinations {
            throw section.contradiction(
                "members",
                "the grid has \(combinations) combinations; leave `members` out, or say \(combinations)")
        }
        // The first member is trained as the manifest says.
        self.members = combinations + 1
    }

    /// Settings by which members are compared, or that say how long they are trained: not for members to choose.
    private static let sharedByMembers: Set = [
        "train.epochs", "train.valid_smoothing", "train.early_stopping_patience", "train.agreement_tolerance",
        "model.reconstruction", "model.encod_seq_len", "alignment.unlabelled",
    ]

    private static func space(_ mapping: ManifestMapping) throws -> [SearchedSetting] {
        var found: [SearchedSetting] = []
        for name in SettingName.all where !name.contains(".") {
            if let value = mapping.optional(name) { found.append(try setting(name, value)) }
        }
        for section in ["alignment", "model", "train"] {
            guard let keys = try mapping.optional(section)?.mapping() else { continue }
            for name in SettingName.all where name.hasPrefix("\(section).") {
                if let value = keys.optional(String(name.dropFirst(section.count + 1))) {
                    found.append(try setting(name, value))
                }
            }
        }
        return found
    }

    private static func setting(_ name: String, _ value: ManifestValue) throws -> SearchedSetting {
        guard !sharedByMembers.contains(name) else {
            throw value.outOfRange(
                expected: "no range: all members share this setting, or they could not be compared")
        }
        let kinds = ["log", "linear", "choice"]
        let mapping = try value.mapping()
        let given = kinds.compactMap { kind in mapping.optional(kind).map { (kind, $0) } }
        guard let (kind, ends) = given.first, given.count == 1 else {
            throw value.wrongType(
                expected: "one of {log: [from, to]}, {linear: [from, to]} and {choice: [\u{2026}]}")
        }
        func require(_ candidate: SettingValue, _ place: ManifestValue) throws {
            var scratch = StitchManifest(run: "any", sessions: .all)
            if let expected = scratch.set(name, to: candidate) { throw place.outOfRange(expected: expected) }
        }
        var isWhole = false
        let elements = try ends.elements()
        let range: SearchRange
        switch kind {
        case "choice":
            guard !elements.isEmpty else { throw ends.outOfRange(expected: "at least one value") }
            range = .choice(
                try elements.map { element in
                    let candidate = try self.value(of: element)
                    try require(candidate, element)
                    return candidate
                })
        default:
            let numbers = try ends.numbers()
            guard numbers.count == 2, numbers[0] < numbers[1], kind == "linear" || numbers[0] > 0 else {
                throw ends.outOfRange(
                    expected: kind == "log"
                        ? "two numbers above 0, the smaller one first" : "two numbers, the smaller one first")
            }
            // A key that takes a half is none of whole numbers.
            var scratch = StitchManifest(run: "any", sessions: .all)
            isWhole =
                numbers.allSatisfy { $0 == $0.rounded() }
                && scratch.set(name, to: .double(numbers[0] + 0.5)) != nil
            for (number, element) in zip(numbers, elements) {
                try require(isWhole ? .whole(Int(number)) : .double(number), element)
            }
            range = kind == "log" ? .logarithmic(numbers[0]...numbers[1]) : .linear(numbers[0]...numbers[1])
        }
        return SearchedSetting(name, range, isWhole: isWhole)
    }

    private static func value(of element: ManifestValue) throws -> SettingValue {
        if let whole = try? element.integer() { return .whole(whole) }
        if let number = try? element.number() { return .double(number) }
        if let flag = try? element.boolean() { return .flag(flag) }
        return .word(try element.text())
    }
}
