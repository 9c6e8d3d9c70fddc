/// What can go wrong in an evaluation.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case unknownChannel(String, known: [String])

    public var description: String {
        switch self {
        case .unknownChannel(let channel, let known):
            return
                "there is no behaviour channel \(channel) in all sessions of the run; they share "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        }
    }
}
