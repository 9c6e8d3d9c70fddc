/// Which of the registered sessions are meant. Always their current revisions.
public enum SessionSelection: Sendable, Hashable {
    /// Every session.
    case all
    /// Sessions of these names.
    case names([String])
    /// Sessions that fit everything that is given; both dates belong to the range.
    case filter(
        subject: String? = nil, array: String? = nil, from: String? = nil, to: String? = nil)

    /// Reads `all`, a list of names, or a mapping with `subject`, `array`, `from`, `to`.
    /// - Throws: `ManifestError`
    public init(_ value: ManifestValue) throws {
        switch value.kind {
        case .scalar where (try value.text()) == "all":
            self = .all
        case .list:
            let elements = try value.elements()
            guard !elements.isEmpty else {
                throw value.outOfRange(expected: "a list of at least one session")
            }
            var names: [String] = []
            var seen: Set<String> = []
            for element in elements {
                let name = try element.sessionName()
                if !seen.insert(name).inserted {
                    throw element.outOfRange(expected: "a session that the list doesn't name before")
                }
                names.append(name)
            }
            self = .names(names)
        case .mapping:
            let mapping = try value.mapping()
            let subject = try mapping.optional("subject")?.text()
            let array = try mapping.optional("array")?.text()
            let from = try mapping.optional("from")?.date()
            let to = try mapping.optional("to")?.date()
            if let from, let to, from > to {
                throw mapping.contradiction("to", "(\(to)) lies before \"\(value.key).from\" (\(from))")
            }
            self = .filter(subject: subject, array: array, from: from, to: to)
        default:
            throw value.wrongType(
                expected: "\"all\", a list of session names, or a mapping of subject, array, from, to")
        }
    }
}
