import ArgumentParser
import Foundation
import Histogram
import Stitching

struct InferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Infer factors and rates of data that arrive one by one.",
        discussion: """
            The model is loaded once. Every line of standard input is a JSON object; every one gets one line \
            of JSON on standard output at once:

              {"id": 7, "counts": [[…], …]}   a trial, bins × units in the order of the session's units; the
                                              answer has its factors and rates (Hz), bin by bin
              {"bins": [[…]]}                 newest bins of a sliding window as long as the encoder sees; the
                                              answer has the factors and rates of these bins

            `id` comes back as it was. `external_inputs` (bins × inputs) go with `counts` where the run has \
            them. A line that can't be read gets {"error": …, "line": …}, and the stream goes on. The latency \
            of a line is reported on standard error in the end.

            Example:
              neurostitch infer lorenz lorenz-2024-01-15 --stream < trials.jsonl > factors.jsonl
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Argument(help: "Session whose units the counts are of.")
    var session: String

    @Flag(name: .long, help: "Read trials from standard input, one a line.")
    var stream = false

    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        guard stream else {
            throw ValidationError(
                "infer reads a stream: add --stream. Registered trials are queried with factors.")
        }
    }

    func run() throws {
        let day = try TrainedRun(runName, in: try options.registry(), threads: 1).day(session)
        var answers = StreamAnswers(try TrialStream(day))
        var latencies = Histogram<UInt64>(
            highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
        var failures = 0
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let start = DispatchTime.now().uptimeNanoseconds
            let answer = answers.answer(to: line)
            try Terminal.writeAtOnce(answer.text + "\n")
            latencies.record((DispatchTime.now().uptimeNanoseconds - start) / 1000)
            if answer.isError { failures += 1 }
        }
        report(latencies, failures)
    }

    private struct Report: Encodable {
        let lines: Int
        let errors: Int
        let medianMicroseconds: UInt64
        let p99Microseconds: UInt64
        let maximumMicroseconds: UInt64
    }

    /// On standard error: standard output belongs to the answers.
    private func report(_ latencies: Histogram<UInt64>, _ failures: Int) {
        let report = Report(
            lines: Int(latencies.totalCount), errors: failures,
            medianMicroseconds: latencies.valueAtPercentile(50),
            p99Microseconds: latencies.valueAtPercentile(99),
            maximumMicroseconds: latencies.totalCount > 0 ? latencies.max : 0)
        guard !options.json else {
            if let text = try? Terminal.json(report) { Terminal.printError(text) }
            return
        }
        func milliseconds(_ value: UInt64) -> String {
            String(format: "%.2f ms", Double(value) / 1000)
        }
        Terminal.printError(
            "\(report.lines) lines, \(report.errors) of them errors; latency median "
                + "\(milliseconds(report.medianMicroseconds)), p99 "
                + "\(milliseconds(report.p99Microseconds)), most "
                + "\(milliseconds(report.maximumMicroseconds))")
    }
}
