/// What stands for the posterior over initial conditions and inferred inputs when quantities are inferred.
public enum PosteriorEstimate: Sendable, Equatable {
    /// The posterior means, pushed through the model once (deterministic).
    case means
    /// Posterior samples: the mean over so many of the outputs, and their standard deviation.
    case samples(count: Int, seed: UInt64)
}
