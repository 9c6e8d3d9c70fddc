import LinearAlgebra
public import Recordings

/// Recording days whose truth is known: one set of Lorenz trajectories, seen on every day by other
/// units (Pandarinath et al. 2018 test LFADS on such data).
///
/// All days share the trajectory of each condition. Each day has its own units with their own
/// loadings and mean rates, its own order of trials, and its own Poisson counts. What day 1 is does
/// not depend on how many days follow.
public struct LorenzWorld: SyntheticWorld {
    /// How the world was made.
    public let settings: LorenzSettings
    /// The latents that all days share.
    public let trajectories: LorenzTrajectories

    /// Names of the behaviour channels, which hold the standardised latents.
    public static let latentNames = ["latent_x", "latent_y", "latent_z"]

    /// Makes a world; the same settings make the same world.
    ///
    /// - Throws: `SynthesisError` for settings that can't be.
    public init(_ settings: LorenzSettings = LorenzSettings()) throws {
        try settings.validate()
        self.settings = settings
        trajectories = LorenzTrajectories(
            conditions: settings.conditions, bins: settings.bins, timePerBin: settings.timePerBin,
            seed: settings.seed)
    }

    /// The units of a day, counted from 0.
    public func units(day: Int) -> LorenzUnits {
        LorenzUnits(day: day, settings: settings, trajectories: trajectories)
    }

    public var sessionCount: Int { settings.sessions }

    public var sessionPrefix: String { settings.sessionPrefix }

    /// Eight factors are enough room for three latents and their products.
    public var stitchSettings: String { "model: {fac_dim: 8, ic_dim: 64}\n" }

    /// One day, counted from 0: counts, true rates in Hz, and the latents as behaviour.
    /// - Throws: `RecordingError` where no split can be made.
    public func recording(day: Int) throws -> Recording {
        let units = units(day: day)
        let conditions = conditionOfTrial(day: day)
        let secondsPerBin = settings.binMilliseconds / 1000
        var values: [Float] = []
        var trueRates: [Float] = []
        var latents: [Float] = []
        for (trial, condition) in conditions.enumerated() {
            let rates = units.rates(ofCondition: condition, bins: settings.bins)
            let draws = SynthesisStream.day(settings.seed, day, .counts, item: trial).uniforms(rates.count)
            for (draw, rate) in zip(draws, rates) {
                values.append(
                    Float(PoissonSampling.count(mean: rate * secondsPerBin, uniform: draw)))
                trueRates.append(Float(rate))
            }
            latents += trajectories.latents(ofCondition: condition).map { Float($0) }
        }
        let date = CalendarDay.ofSession(
            day, first: settings.firstDate, daysBetween: settings.daysBetween)
        let recording = try Recording(
            session: "\(settings.sessionPrefix)-\(date)", subject: settings.subject, date: date,
            binMilliseconds: settings.binMilliseconds, trialCount: conditions.count, binCount: settings.bins,
            units: units.names.map { Recording.Unit(name: $0) }, values: values,
            trials: conditions.enumerated().map {
                Recording.Trial(identifier: $0, condition: String($1), split: .train)
            },
            behaviorNames: Self.latentNames, behavior: latents, trueRates: trueRates,
            provenance: provenance(day: day)
        ).splitting(everyKthOfCondition: settings.validEvery)
        return settings.trueRatesOfHeldOutTrialsOnly
            ? recording.hidingTrueRatesOfTrainingTrials() : recording
    }

    /// Which condition each trial of a day shows: every one equally often, shuffled.
    private func conditionOfTrial(day: Int) -> [Int] {
        SynthesisStream.day(settings.seed, day, .trialOrder)
            .permutation(settings.conditions * settings.trialsPerCondition)
            .map { $0 % settings.conditions }
    }

    private func provenance(day: Int) -> [String: String] {
        [
            "synthetic": "Lorenz system, sigma 10, rho 28, beta 8/3",
            "seed": String(settings.seed),
            "day": String(day + 1),
            "time_per_bin": String(settings.timePerBin),
        ]
    }
}
