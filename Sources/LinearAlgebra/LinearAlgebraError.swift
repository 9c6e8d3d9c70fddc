public import Messages

/// What can go wrong in the numerics below the model.
public enum LinearAlgebraError: ReportedError, Equatable {
    /// A LAPACK routine did not converge or met a matrix that it can't factor.
    case routineFailed(routine: String, size: Int, code: Int)

    public var category: ErrorCategory {
        .noResult
    }

    public var description: String {
        switch self {
        case .routineFailed(let routine, let size, let code):
            return
                "the LAPACK routine \(routine) failed with code \(code) on a matrix of size "
                + "\(size); check the data for constant, duplicated or non-finite columns"
        }
    }
}
