import Foundation
import LinearAlgebra

/// The dynamics that all days share: sixteen latents from a trial's initial state, reaction time,
/// amplitude and input.
///
/// Preparation u ∈ R⁶ holds the target until movement begins at m, and then decays. What begins a
/// movement is a short pulse g(t) after m, the same for all conditions. It sends the prepared state into
/// the movement, y ∈ R⁸, four planes that turn and decay, and drives the onset, s ∈ R², which knows
/// nothing of the target:
///
///     u(t) = u₀ · min(1, e^{−(t − m)/0.15 s}),   dy/dt = M y + a g(t − m) B u₀ + g(t − p) C d
///     ds₁/dt = a g(t − m) − s₁/0.15 s,           ds₂/dt = 4 s₁ − s₂/0.45 s
///
/// a is the trial's amplitude, p and d time and direction of an input, where there is one. M also feeds
/// the first two planes forward into the others, so that it is not normal. Velocity is read from the first two planes
/// through a low-pass filter: the others and the preparation don't move the hand (after Churchland,
/// Cunningham et al. 2012, Kaufman et al. 2014 and 2016).
public struct ReachingDynamics: Sendable {
    /// Names of the behaviour channels that hold the latents.
    public static let latentNames =
        (1...preparationCount).map { "latent_preparation_\($0)" }
        + (1...movementCount).map { "latent_movement_\($0)" }
        + (1...onsetCount).map { "latent_onset_\($0)" }

    static let preparationCount = 6
    static let movementCount = 8
    static let onsetCount = 2
    static let latentCount = preparationCount + movementCount + onsetCount
    /// Turns per second and decay in seconds of the planes of the movement.
    static let planes: [(hertz: Double, decay: Double)] = [
        (1.1, 0.25), (1.1, 0.25), (1.8, 0.35), (0.6, 0.35),
    ]
    static let preparationDecay = 0.15
    static let onsetDecays = (0.15, 0.45)
    /// Length of the pulse that begins a movement.
    static let pulseSeconds = 0.15
    /// Of the low-pass filter between movement and velocity.
    static let filterSeconds = 0.05
    /// Steps of the integrator are at most this long; of the fastest process they are a tenth.
    static let longestStep = 0.005
    /// Mean over conditions of the peak speed of the median trial, cm/s.
    static let peakSpeed = 25.0

    /// What one trial shows, bin by bin, at the middle of each bin.
    public struct Course: Sendable, Equatable {
        /// `[bins, 16]`, each with mean 0 over conditions and bins of median trials, and each group with a mean
        /// variance of 1.
        public var latents: [Double]
        /// `[bins, 2]`, cm/s.
        public var velocity: [Double]
    }

    private let settings: ReachingSettings
    private let targets: [[Double]]
    /// Columns of M, of B and of C.
    private let transition: [SIMD8<Double>]
    private let drive: [SIMD8<Double>]
    private let correction: [SIMD8<Double>]
    private var means = [Double](repeating: 0, count: latentCount)
    private var scales = [Double](repeating: 1, count: latentCount)
    private var velocityScale = 1.0

    init(_ settings: ReachingSettings) {
        self.settings = settings
        func normals(_ item: Int, _ count: Int) -> [Double] {
            SynthesisStream.world(settings.seed, .coupling, item: item, of: ReachingWorld.kind)
                .normals(count).map { Double($0) }
        }
        let phases = normals(0, 2)
        targets = (0..<settings.conditions).map { condition in
            let angle = 2 * Double.pi * Double(condition) / Double(settings.conditions)
            return [
                cos(angle), sin(angle), 0.6 * cos(2 * angle + phases[0]), 0.6 * sin(2 * angle + phases[0]),
                0.4 * cos(3 * angle + phases[1]), 0.4 * sin(3 * angle + phases[1]),
            ]
        }
        var transition = [SIMD8<Double>](repeating: .zero, count: Self.movementCount)
        for (plane, entry) in Self.planes.enumerated() {
            let (a, b, turn) = (2 * plane, 2 * plane + 1, 2 * Double.pi * entry.hertz)
            transition[a][a] = -1 / entry.decay
            transition[b][b] = -1 / entry.decay
            transition[a][b] = turn
            transition[b][a] = -turn
        }
        let feeding = normals(1, 16)
        for from in 0..<4 {
            for to in 0..<4 { transition[from][4 + to] = 2 * feeding[from * 4 + to] }
        }
        self.transition = transition
        var drive = [SIMD8<Double>](repeating: .zero, count: Self.preparationCount)
        drive[0][0] = 1
        drive[1][2] = 1
        let others = normals(2, 24)
        for from in 0..<Self.preparationCount {
            for to in 0..<4 { drive[from][4 + to] = 0.7 * others[from * 4 + to] }
        }
        self.drive = drive
        var correction = [SIMD8<Double>](repeating: .zero, count: 2)
        let corrections = normals(3, 8)
        for from in 0..<2 {
            correction[from][2 * from] = 1
            for to in 0..<4 { correction[from][4 + to] = 0.5 * corrections[from * 4 + to] }
        }
        self.correction = correction
        standardize()
    }

    /// State before a movement to a target, `[6]`.
    func preparation(ofCondition condition: Int) -> [Double] { targets[condition] }

    /// Makes latents and velocity comparable by the median trials of all conditions.
    private mutating func standardize() {
        let courses = targets.indices.map {
            course(of: .median(ofCondition: $0, settings: settings, dynamics: self))
        }
        let rows = courses.flatMap(\.latents)
        let count = Double(rows.count / Self.latentCount)
        var (first, second) = (means, means)
        for (index, value) in rows.enumerated() { first[index % Self.latentCount] += value / count }
        for (index, value) in rows.enumerated() {
            let centred = value - first[index % Self.latentCount]
            second[index % Self.latentCount] += centred * centred / count
        }
        means = first
        var start = 0
        for size in [Self.preparationCount, Self.movementCount, Self.onsetCount] {
            let variance = second[start..<start + size].reduce(0, +) / Double(size)
            for latent in start..<start + size {
                scales[latent] = variance > 0 ? 1 / variance.squareRoot() : 1
            }
            start += size
        }
        // Of the onset's two, the first is far larger: each has a variance of 1.
        for latent in (Self.latentCount - Self.onsetCount)..<Self.latentCount where second[latent] > 0 {
            scales[latent] = 1 / second[latent].squareRoot()
        }
        let peaks = courses.map { course in
            stride(from: 0, to: course.velocity.count, by: 2).map {
                hypot(course.velocity[$0], course.velocity[$0 + 1])
            }.max() ?? 0
        }
        let peak = peaks.reduce(0, +) / Double(peaks.count)
        velocityScale = peak > 0 ? Self.peakSpeed / peak : 1
    }

    /// The course of one trial.
    public func course(of trial: ReachingTrial) -> Course {
        // An even number of steps, so that one ends in the middle of the bin.
        let half = max(1, Int((settings.secondsPerBin / 2 / Self.longestStep).rounded(.up)))
        let step = settings.secondsPerBin / Double(2 * half)
        let onset = settings.cueSeconds + trial.reactionSeconds
        var motion = Motion(trial: trial, onset: onset, drive: drive, correction: correction)
        var course = Course(latents: [], velocity: [])
        for index in 0..<(2 * half * settings.bins) {
            motion.advance(from: Double(index) * step, by: step, transition)
            let time = Double(index + 1) * step
            guard (index + 1) % (2 * half) == half else { continue }
            let held = min(1, exp(-(time - onset) / Self.preparationDecay))
            var state = trial.initialState.map { $0 * held }
            for latent in 0..<Self.movementCount { state.append(motion.state.planes[latent]) }
            state += [motion.state.rest[0], motion.state.rest[1]]
            for latent in state.indices {
                course.latents.append((state[latent] - means[latent]) * scales[latent])
            }
            course.velocity += [
                velocityScale * motion.state.rest[2], velocityScale * motion.state.rest[3],
            ]
        }
        return course
    }
}
