public import Recordings
public import Registry
public import Stitching
public import Synthesis

/// A Lorenz world small enough to train within a test.
public enum TrainedWorld {
    public static func recordings(
        sessions: Int = 2, conditions: Int = 6, trials: Int = 6, bins: Int = 20,
        units: [Int] = [9, 7, 8], seed: UInt64 = 3, _ change: (inout LorenzSettings) -> Void = { _ in }
    ) throws -> [Recording] {
        var settings = LorenzSettings()
        settings.sessions = sessions
        settings.conditions = conditions
        settings.trialsPerCondition = trials
        settings.bins = bins
        settings.timePerBin = 0.05
        settings.unitCounts = units
        settings.meanRateHz = 20...40
        settings.validEvery = 3
        settings.seed = seed
        change(&settings)
        return try LorenzWorld(settings).recordings()
    }

    public static func manifest(_ text: String = "", run: String = "small") throws -> StitchManifest {
        try StitchManifest(
            text: """
                run: \(run)
                sessions: all
                seed: 5
                \(text.isEmpty ? tiny : text)
                """)
    }

    public static let tiny = """
        model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3, co_dim: 0}
        train: {epochs: 3, batch_size: 16, lr_readin_scale: 0.1, lr_readout_scale: 0.1}
        """

    /// The days in a registry, and a run `small` of the first two.
    public static func withRun(
        _ text: String = "", of days: [Recording],
        _ body: (SessionRegistry, [Recording]) throws -> Void
    ) throws {
        try withRegistry { registry in
            try registry.register(days)
            var plan = try manifest(text)
            plan.sessions = .names(days.prefix(2).map(\.session))
            try registry.stitch(plan)
            try body(registry, days)
        }
    }
}
