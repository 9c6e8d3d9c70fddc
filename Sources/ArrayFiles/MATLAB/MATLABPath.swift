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
        for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let name = part.prefix(while: Self.isPartOfName)
            guard let first = name.first, first > UInt8(ascii: "9"), first != UInt8(ascii: "_") else {
                return nil
            }
            let rest = part.dropFirst(name.count)
            var element: Int?
            if !rest.isEmpty {
                guard rest.count > 2, rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")"),
                    let number = Int(String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)),
                    number >= 1
                else { return nil }
                element = number - 1
            }
            steps.append(Step(name: String(decoding: name, as: UTF8.self), element: element))
        }
        self.steps = steps
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
