import Foundation
public import Messages

/// What can go wrong in a model or in its training.
public enum LFADSError: ReportedError, Equatable {
    /// A setting that can't be, or doesn't go with others.
    case invalidConfiguration(key: String, found: String, expected: String)
    /// A loss or a gradient stopped being a number.
    case nonFinite(epoch: Int, update: Int, session: String?, tensor: String)
    /// Gradients stood far outside those before them, update after update.
    case gradientTooLarge(epoch: Int, update: Int, norm: Double, typical: Double)
    /// After an epoch, held-out trials were predicted worse than by doing nothing, although they had been
    /// predicted better.
    case brokenDown(epoch: Int, validation: Double, doingNothing: Double)
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
                + "finite; lower lr_init, or look for extreme values in the data"
        case .gradientTooLarge(let epoch, let update, let norm, let typical):
            return
                "the training broke down in epoch \(epoch): from update \(update) on, gradients stood far "
                + "outside the recent ones (norm \(short(norm)), typically \(short(typical))), however low the "
                + "learning rate was set; lower lr_init, or look for extreme values in the data"
        case .brokenDown(let epoch, let validation, let doingNothing):
            return
                "the training broke down in epoch \(epoch): the loss of the held-out trials is "
                + "\(short(validation)), that of doing nothing \(short(doingNothing)), however low the learning "
                + "rate was set; lower lr_init, or look for extreme values in the data"
        case .parameterMismatch(let name, let expected, let found):
            return
                "parameter \(name): expected \(expected), found \(found); the file belongs to a "
                + "model of other dimensions or sessions"
        case .invalidData(let session, let what, let expected):
            return "session \(session): \(what); expected \(expected)"
        }
    }
}

/// Four digits, whatever the size: losses and norms of a training that broke down have many.
private func short(_ value: Double) -> String { String(format: "%.4g", value) }
