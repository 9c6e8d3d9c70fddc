import ArrayFiles
import Foundation
import Testing

/// Trials that arrive one by one.
@Suite(.timeLimit(.minutes(5))) struct InferCommandTests {
    private func stream(_ lab: Lab, _ lines: [String]) throws -> (answers: [[String: Any]], errors: String) {
        let input = lab.location("stream-\(UUID().uuidString).jsonl")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: input))
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = Program.executable
        process.arguments = ["infer", "toy", "day0", "--stream"]
        process.currentDirectoryURL = URL(fileURLWithPath: lab.path)
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problems = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let answers = try text.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        return (answers, problems)
    }

    private func rows(_ lab: Lab, _ trial: Int) throws -> [[Float]] {
        let values = try HDF5File.open(lab.location("day0.h5")).floats("spikes")
        let (bins, units) = (values.shape[1], values.shape[2])
        return (0..<bins).map { bin in
            let start = (trial * bins + bin) * units
            return Array(values.values[start..<(start + units)])
        }
    }

    private func numbers(_ answer: [String: Any], _ key: String) throws -> [Float] {
        try #require(answer[key] as? [[NSNumber]]).flatMap { $0.map(\.floatValue) }
    }

    @Test func aTrialHasTheFactorsThatFilesGive() throws {
        let lab = try TrainedLab.get()
        try lab.succeed("factors", "toy", "day0", "--trials", "3,17", "--output", "streamed.h5")
        let file = try HDF5File.open(lab.location("streamed.h5"))
        let (factors, rates) = (try file.floats("factors"), try file.floats("rates"))
        let lines = try [3, 17].map { "{\"id\": \"t\($0)\", \"counts\": \(try rows(lab, $0))}" }
        let (answers, errors) = try stream(lab, lines)
        #expect(answers.map { $0["id"] as? String } == ["t3", "t17"])
        for (index, answer) in answers.enumerated() {
            let size = factors.values.count / 2
            #expect(
                try numbers(answer, "factors")
                    == Array(factors.values[(index * size)..<((index + 1) * size)]))
            let width = rates.values.count / 2
            let expected = rates.values[(index * width)..<((index + 1) * width)]
            // Divided by the bin's width there, multiplied by bins per second here.
            for (a, b) in zip(try numbers(answer, "rates_hz"), expected) {
                #expect(abs(a - b) <= 1e-6 * abs(b))
            }
        }
        #expect(errors.contains("2 lines, 0 of them errors; latency median "))
    }

    /// The window is the trial once its last bin has come.
    @Test func aSlidingWindowAnswersForItsNewestBins() throws {
        let lab = try TrainedLab.get()
        let trial = try rows(lab, 5)
        let lines = ["{\"counts\": \(trial)}"] + trial.map { "{\"bins\": [\($0)]}" }
        let answers = try stream(lab, lines).answers
        let whole = try #require(answers[0]["factors"] as? [[NSNumber]])
        #expect(answers[1]["waiting_for_bins"] as? Int == trial.count - 1)
        let newest = try #require(answers.last?["factors"] as? [[NSNumber]])
        #expect(newest == [whole[trial.count - 1]])
    }

    @Test func whatCannotBeReadGetsAnErrorAndTheStreamGoesOn() throws {
        let lab = try TrainedLab.get()
        let good = "{\"id\": 4, \"counts\": \(try rows(lab, 0))}"
        let short = Array(try rows(lab, 0).dropLast())
        let lines = [
            "garbage", "{\"id\": 9, \"counts\": [[1, 2]]}", "{\"counts\": \(short)}",
            "{\"counts\": \(try rows(lab, 0).map { $0.map { -$0 - 1 } })}", "{\"id\": 1}", "[]",
            "{\"counts\": [], \"bins\": []}", good,
        ]
        let (answers, errors) = try stream(lab, lines)
        #expect(answers.count == lines.count)
        for (index, answer) in answers.dropLast().enumerated() {
            #expect(answer["error"] is String, "line \(index + 1)")
            #expect(answer["line"] as? Int == index + 1)
        }
        #expect(answers[1]["id"] as? Int == 9)
        #expect(answers.last?["error"] == nil && answers.last?["id"] as? Int == 4)
        #expect(errors.contains("8 lines, 7 of them errors"))
    }

    @Test func registeredTrialsAreAskedForOtherwise() throws {
        let lab = try TrainedLab.get()
        let outcome = try lab.run("infer", "toy", "day0")
        #expect(outcome.status == 64 && outcome.errors.contains("add --stream"))
    }
}
