import Foundation
import LinearAlgebra
public import Recordings

/// Recording days like those of motor cortex in a reaching task: single trials matter, and days differ.
///
/// All days share the dynamics (`ReachingDynamics`). Every trial has an initial state, a reaction time and an
/// amplitude of its own, and on some an input arrives at a time of its own. Every day has units that leave, come
/// and merge, baselines and gains that drift, noise of its own dimensions, and may lack conditions
/// or have wrong labels. What day 1 is does not depend on how many days follow.
public struct ReachingWorld: SyntheticWorld {
    /// How the world was made.
    public let settings: ReachingSettings
    /// What all days share.
    public let dynamics: ReachingDynamics
    /// Latents of the median trials, `[conditions · bins, 16]`.
    private let nominal: Matrix

    static let kind = "reaching"
    /// Names of the behaviour channels: hand velocity in cm/s; reaction time in ms; what the movement is
    /// multiplied by; when the input began, ms from the start of the trial (NaN without one); the
    /// condition that the label should name; the latents.
    public static let behaviorNames =
        ["velocity_x", "velocity_y", "reaction_time", "amplitude", "input_time", "true_condition"]
        + ReachingDynamics.latentNames
    /// Standard deviation of the measurement of velocity, cm/s.
    static let velocityNoise = 0.5
    /// Autocorrelation time of a day's own noise.
    static let privateSeconds = 0.2

    /// Makes a world; the same settings make the same world.
    ///
    /// - Throws: `SynthesisError` for settings that can't be.
    public init(_ settings: ReachingSettings = ReachingSettings()) throws {
        try settings.validate()
        self.settings = settings
        let dynamics = ReachingDynamics(settings)
        self.dynamics = dynamics
        let courses = (0..<settings.conditions).map {
            dynamics.course(of: .median(ofCondition: $0, settings: settings, dynamics: dynamics))
        }
        nominal = Matrix(
            rows: settings.conditions * settings.bins, columns: ReachingDynamics.latentCount,
            values: courses.flatMap(\.latents))
    }

    public var sessionCount: Int { settings.sessions }
    public var sessionPrefix: String { settings.sessionPrefix }
    public var stitchSettings: String { "" }

    /// Without amplitude, time of the input and true condition, which are there to compare with.
    public func registeredBehavior(of recording: Recording) -> [String] {
        recording.behaviorNames.filter { !["amplitude", "input_time", "true_condition"].contains($0) }
    }

    /// Which conditions are lacking, and which units are recorded as one.
    public func remarks(on recording: Recording) -> [String] {
        ["lacking_conditions", "merged_units"].compactMap { key in
            recording.provenance[key].map { "\(key): \($0)" }
        }
    }

    /// The trials of a day, counted from 0, in the order of the recording.
    public func trials(day: Int) -> [ReachingTrial] {
        ReachingTrial.all(day: day, settings: settings, dynamics: dynamics)
    }

    /// The units of a day, counted from 0.
    public func units(day: Int) -> ReachingUnits {
        ReachingUnits(day: day, settings: settings, nominal: nominal)
    }

    /// One day, counted from 0: counts, true rates in Hz, behaviour and latents.
    /// - Throws: `RecordingError` where no split can be made.
    public func recording(day: Int) throws -> Recording {
        let (trials, units) = (trials(day: day), units(day: day))
        var (values, trueRates, behavior) = ([Float](), [Float](), [Float]())
        for (index, trial) in trials.enumerated() {
            let course = dynamics.course(of: trial)
            let rates = units.rates(
                latents: Matrix(
                    rows: settings.bins, columns: ReachingDynamics.latentCount,
                    values: course.latents),
                noise: privateNoise(day: day, trial: index),
                progress: trials.count > 1 ? Double(index) / Double(trials.count - 1) : 0
            ).values
            let draws = settings.stream(day, .counts, item: index).uniforms(rates.count)
            for (draw, rate) in zip(draws, rates) {
                values.append(
                    Float(PoissonSampling.count(mean: rate * settings.secondsPerBin, uniform: draw)))
                trueRates.append(Float(rate))
            }
            behavior += self.behavior(trial, course, day: day, index: index)
        }
        let date = CalendarDay.ofSession(
            day, first: settings.firstDate, daysBetween: settings.daysBetween)
        let recording = try Recording(
            session: "\(settings.sessionPrefix)-\(date)", subject: settings.subject, date: date,
            binMilliseconds: settings.binMilliseconds, trialCount: trials.count,
            binCount: settings.bins, units: units.names.map { Recording.Unit(name: $0) },
            values: values,
            trials: trials.enumerated().map {
                Recording.Trial(identifier: $0, condition: String($1.label), split: .train)
            },
            behaviorNames: Self.behaviorNames, behavior: behavior, trueRates: trueRates,
            provenance: provenance(day: day, trials: trials, units: units)
        ).splitting(everyKthOfCondition: settings.validEvery)
        return settings.trueRatesOfHeldOutTrialsOnly
            ? recording.hidingTrueRatesOfTrainingTrials() : recording
    }

    /// The day's own noise in a trial: stationary processes of variance 1, `[bins, private dimensions]`.
    func privateNoise(day: Int, trial: Int) -> Matrix {
        let dimensions = settings.privateDimensions
        var noise = Matrix(
            rows: settings.bins, columns: dimensions,
            values: settings.stream(day, .privateNoise, item: trial).normals(settings.bins * dimensions)
                .map { Double($0) })
        let kept = exp(-settings.secondsPerBin / Self.privateSeconds)
        let new = (1 - kept * kept).squareRoot()
        for bin in 1..<settings.bins {
            for dimension in 0..<dimensions {
                noise[bin, dimension] = kept * noise[bin - 1, dimension] + new * noise[bin, dimension]
            }
        }
        return noise
    }

    /// `[bins, channels]`
    private func behavior(
        _ trial: ReachingTrial, _ course: ReachingDynamics.Course, day: Int, index: Int
    ) -> [Float] {
        let noise = settings.stream(day, .behaviorNoise, item: index).normals(2 * settings.bins)
        let inputTime = trial.input.map { Float($0.seconds * 1000) } ?? .nan
        let count = ReachingDynamics.latentCount
        var result: [Float] = []
        for bin in 0..<settings.bins {
            for place in 2 * bin...2 * bin + 1 {
                result.append(Float(course.velocity[place]) + Float(Self.velocityNoise) * noise[place])
            }
            result += [Float(trial.reactionSeconds * 1000), Float(trial.amplitude), inputTime]
            result.append(Float(trial.condition))
            for value in course.latents[bin * count..<(bin + 1) * count] { result.append(Float(value)) }
        }
        return result
    }

    private func provenance(
        day: Int, trials: [ReachingTrial], units: ReachingUnits
    ) -> [String: String] {
        var result = [
            "synthetic": "reaching: preparation, onset and rotations from single trials' initial states",
            "seed": String(settings.seed), "day": String(day + 1),
        ]
        let present = Set(trials.map(\.condition))
        let lacking = (0..<settings.conditions).filter { !present.contains($0) }
        if !lacking.isEmpty { result["lacking_conditions"] = list(lacking.map(String.init)) }
        if !units.merged.isEmpty {
            result["merged_units"] = list(
                units.merged.values.map { $0.joined(separator: "+") }.sorted())
        }
        return result
    }

    private func list(_ items: [String]) -> String { items.joined(separator: ",") }
}
