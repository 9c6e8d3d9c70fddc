public import Messages

/// What can go wrong in a model or in its training.
public enum LFADSError: ReportedError, Equatable {
    /// A setting that can't be, or doesn't go with others.
    case invalidConfiguration(key: String, found: String, expected: String)
    /// A loss or a gradient stopped being a number.
    case nonFinite(epoch: Int, update: Int, session: String?, tensor: String)
    /// A parameter, from a checkpoint or an import, that the model does not have or has in another shape.
    case parameterMismatch(name: String, expected: String, found: String)
    /// Trials that are not as the model needs them.
    case invalidData(session: String, what: String, expected: String)

    public var category: ErrorCategory {
        if case .invalidConfiguration = self { return .badConfiguration }
        return .badData
    }

    public var description: String {
        switch self {
        case .invalidConfiguration(let key, let found, let expected):
            return "\(key) is \(found); expected \(expected)"
        case .nonFinite(let epoch, let update, let session, let tensor):
            let place = session.map { " of session \($0)" } ?? ""
            return
                "the training diverged in epoch \(epoch), update \(update): \(tensor)\(place) is not "
                + "finite; lower lr_init or max_grad_norm, or look for extreme values in the data"
        case .parameterMismatch(let name, let expected, let found):
            return
                "parameter \(name): expected \(expected), found \(found); the file belongs to a "
                + "model of other dimensions or sessions"
        case .invalidData(let session, let what, let expected):
            return "session \(session): \(what); expected \(expected)"
        }
    }
}
