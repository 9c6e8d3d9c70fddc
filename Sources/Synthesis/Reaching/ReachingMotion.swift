import Foundation

extension ReachingDynamics {
    /// A trial on its way: what is integrated in time.
    struct Motion {
        struct State {
            /// The planes of the movement, two entries each.
            var planes: SIMD8<Double>
            /// Both latents of the onset, velocity in x and y before it is scaled.
            var rest: SIMD4<Double>

            static func + (a: State, b: State) -> State {
                State(planes: a.planes + b.planes, rest: a.rest + b.rest)
            }
            static func * (a: State, factor: Double) -> State {
                State(planes: a.planes * factor, rest: a.rest * factor)
            }
        }

        var state = State(planes: .zero, rest: .zero)
        private let onset: Double
        private let amplitude: Double
        private let inputTime: Double?
        /// a B u₀ and C d.
        private var drive = SIMD8<Double>.zero
        private var correction = SIMD8<Double>.zero

        init(
            trial: ReachingTrial, onset: Double, drive columns: [SIMD8<Double>],
            correction corrections: [SIMD8<Double>]
        ) {
            self.onset = onset
            amplitude = trial.amplitude
            inputTime = trial.input?.seconds
            for (column, value) in zip(columns, trial.initialState) { drive += column * (value * amplitude) }
            if let input = trial.input {
                for (place, column) in corrections.enumerated() {
                    correction += column * input.direction[place]
                }
            }
        }

        /// A bell of area 1 that begins at 0.
        static func pulse(_ time: Double) -> Double {
            guard time > 0, time < pulseSeconds else { return 0 }
            return (1 - cos(2 * Double.pi * time / pulseSeconds)) / pulseSeconds
        }

        /// One step of the classical fourth-order method of Runge and Kutta.
        mutating func advance(from time: Double, by step: Double, _ transition: [SIMD8<Double>]) {
            // Nothing moves before the onset.
            guard time + step > onset else { return }
            let k1 = derivative(state, time, transition)
            let k2 = derivative(state + k1 * (step / 2), time + step / 2, transition)
            let k3 = derivative(state + k2 * (step / 2), time + step / 2, transition)
            let k4 = derivative(state + k3 * step, time + step, transition)
            state = state + (k1 + k2 * 2 + k3 * 2 + k4) * (step / 6)
        }

        private func derivative(
            _ state: State, _ time: Double, _ transition: [SIMD8<Double>]
        ) -> State {
            let gate = Self.pulse(time - onset)
            var planes = drive * gate
            if let inputTime { planes += correction * Self.pulse(time - inputTime) }
            for (column, entry) in transition.enumerated() { planes += entry * state.planes[column] }
            let (first, second) = ReachingDynamics.onsetDecays
            let rest = SIMD4(
                amplitude * gate - state.rest[0] / first,
                4 * state.rest[0] - state.rest[1] / second,
                (state.planes[1] - state.rest[2]) / ReachingDynamics.filterSeconds,
                (state.planes[3] - state.rest[3]) / ReachingDynamics.filterSeconds)
            return State(planes: planes, rest: rest)
        }
    }
}
