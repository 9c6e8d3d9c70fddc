import ArgumentParser
import Foundation
import Messages
import Ranks
import Stitching

@main
struct NeurostitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neurostitch",
        abstract: "One dynamical model across all recording days.",
        discussion: """
            Register recording days, train one LFADS model across them (neural stitching), and query \
            factors, rates, initial conditions and inferred inputs of any session.

              neurostitch init
              neurostitch register manifests/lorenz-*.yaml
              neurostitch align manifests/lorenz.stitch.yaml
              neurostitch stitch manifests/lorenz.stitch.yaml
              neurostitch factors lorenz lorenz-2024-01-15 --output factors.h5
            """,
        version: VersionText.text,
        subcommands: [
            InitCommand.self, SynthesizeCommand.self, InspectCommand.self, RegisterCommand.self,
            ReadRecordingCommand.self, ReadModelCommand.self, SessionsCommand.self,
            AlignCommand.self, StitchCommand.self, SearchCommand.self, ExtendCommand.self, RunsCommand.self,
            FactorsCommand.self,
            InferCommand.self, MonitorCommand.self, EvaluateCommand.self, ReportCommand.self,
            ExportCommand.self, ImportCommand.self, DemoCommand.self,
        ])

    static func main() {
        var code = ExitStatus.success
        do {
            try MemoryLimit.requireRoom()
            var command: any ParsableCommand
            do {
                if let error = UnknownCommand.first(
                    in: Array(CommandLine.arguments.dropFirst()), of: Self.self)
                {
                    throw error
                }
                command = try parseAsRoot()
                if !(command is any WorksOnManyRanks), let error = StartedTooOften(LaunchedProcess.current) {
                    throw error
                }
            } catch {
                // All processes of a job were asked the same; one of them answers.
                if let rank = LaunchedProcess.current?.rank, rank > 0 {
                    let category = (error as? any ReportedError)?.category
                    Foundation.exit(category.map(ExitStatus.code) ?? exitCode(for: error).rawValue)
                }
                throw error
            }
            try command.run()
        } catch let error as any ReportedError {
            Terminal.printError("error: \(Terminal.shortened("\(error)"))")
            if let advice = CommandAdvice.advice(for: error) { Terminal.printError("hint: \(advice)") }
            code = ExitStatus.code(for: error.category)
        } catch {
            // Help and version come as errors too, and belong into the standard output.
            code = exitCode(for: error).rawValue
            let text = fullMessage(for: error)
            if !text.isEmpty {
                code == ExitStatus.success ? print(text) : Terminal.printError(Terminal.shortened(text))
            }
        }
        do {
            try Terminal.finishOutput()
        } catch {
            // What went wrong before has been told, and has its code.
            if code == ExitStatus.success {
                Terminal.printError("error: \(error)")
                code = ExitStatus.code(for: error.category)
            }
        }
        Foundation.exit(code)
    }
}
