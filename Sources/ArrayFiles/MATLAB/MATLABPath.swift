/// The way to a part of a MATLAB file, as MATLAB writes it: `spikes`, `data.spikes`, `R(3).spikes`.
struct MATLABPath {
    struct Step {
        let name: String
        /// From 0; `nil` where the step names a structure of one element.
        let element: Int?
    }

    let steps: [Step]

    /// `nil` for anything but names, each with an element at most.
    init?(_ text: String) {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let match = part.wholeMatch(of: /([A-Za-z][A-Za-z0-9_]*)(?:\(([0-9]+)\))?/) else {
                return nil
            }
            var element: Int?
            if let digits = match.2 {
                guard let number = Int(digits), number >= 1 else { return nil }
                element = number - 1
            }
            steps.append(Step(name: String(match.1), element: element))
        }
        self.steps = steps
    }
}
