import Foundation
import ModelCases
import Testing

@testable import neurostitch_benchmark

/// The benchmark as a program: what it counts and what it says, not how fast anything is.
@Suite(.timeLimit(.minutes(5)), .serialized) struct BenchmarkTests {
    private func run(_ arguments: [String]) throws -> Program.Outcome {
        try Program.Running(arguments, in: NSTemporaryDirectory(), program: "neurostitch-benchmark")
            .finish()
    }

    @Test(
        "training steps allocate nothing after the first",
        arguments: [
            ["maze"], ["stitch"], ["lorenz"], ["paper44"], ["lorenz", "--augmented"],
            ["stitch", "--selective"], ["lorenz", "--selective", "--augmented"],
        ], [1, 2])
    func allocations(model: [String], threads: Int) throws {
        let outcome = try run(["allocations"] + model + ["--threads", "\(threads)"])
        let counts = try #require(try outcome.json() as? [String: Int])
        // The first one does, or the counter would count nothing.
        #expect(try #require(counts["first"]) > 50)
        #expect(counts["later"] == 0)
    }

    @Test("a run verifies, times and reports every part as JSON")
    func report() throws {
        let outcome = try run([
            "--configurations", "lorenz", "--threads", "1,2", "--seconds", "0.05", "--sessions", "3",
            "--json",
        ])
        #expect(outcome.status == 0 && outcome.errors == "")
        let report = try #require(try outcome.json() as? [String: Any])
        for key in ["processor", "openBLASCore", "instructionSet"] {
            #expect((report[key] as? String)?.isEmpty == false)
        }
        let steps = try #require(report["steps"] as? [[String: Any]])
        #expect(steps.map { $0["threads"] as? Int } == [1, 2])
        for step in steps {
            #expect(step["configuration"] as? String == "lorenz")
            for key in ["stepSeconds", "stepShare", "inferenceSeconds", "inferenceShare", "peak"] {
                #expect(try #require(step[key] as? Double) > 0)
            }
            // What the buffers hold is resident, and little else is.
            let bytes = ["activationBytes", "gradientBytes", "packedBytes", "parameterBytes"]
                .compactMap { step[$0] as? Int }.reduce(0, +)
            let resident = try #require(step["peakBytes"] as? Int)
            #expect(resident > bytes / 2 && resident < 4 * bytes)
        }
        #expect((report["products"] as? [Any])?.count ?? 0 > 5)
        #expect((report["latencies"] as? [Any])?.count == 1)
        #expect((report["scaling"] as? [Any])?.count == 1)
    }

    @Test("the arithmetic of the four models, counted by hand in the documentation")
    func operations() {
        let expected = ["maze": 23.355, "stitch": 59.735, "lorenz": 3.702, "paper44": 61.556]
        #expect(ModelCase.measuredCases.count == expected.count)
        for configuration in ModelCase.measuredCases {
            let found = configuration.trainingOperations * 1e-9
            #expect(abs(found - (expected[configuration.name] ?? .nan)) < 0.001)
        }
    }

    @Test("unknown models and numbers are named")
    func errors() throws {
        let model = try run(["step", "mase"])
        #expect(model.status != 0)
        #expect(model.errors.contains("there is no model 'mase'; the models are maze, stitch"))
        let threads = try run(["--threads", "two"])
        #expect(threads.status != 0)
        #expect(threads.errors.contains("--threads takes positive numbers separated by commas; found 'two'"))
    }
}
