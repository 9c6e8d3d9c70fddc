import Foundation

extension ParallelLaunch {
    /// Starts a command with changing numbers of ranks and kills one of them, or all, at random moments, until a
    /// turn ends by itself; then it is ended by one process.
    ///
    /// - Parameters:
    ///   - command: that trains the run `toy`, without `--resume`.
    ///   - milliseconds: after which somebody is killed.
    /// - Returns: how many turns ended by a kill.
    static func killAndResume(
        _ command: [String], in lab: Lab, turns: Int, milliseconds: ClosedRange<UInt32>
    ) throws -> Int {
        var generator = SystemRandomNumberGenerator()
        func status() throws -> String { try lab.succeed("runs", "list").output }
        func arguments() throws -> [String] {
            command + (try status().contains("toy") ? ["--resume"] : [])
        }
        var kills = 0
        for turn in 0..<turns {
            if try status().contains("finished") { break }
            let running = try start(
                try arguments() + ["--threads", "1"], ranks: [2, 3, 1, 4][turn % 4], in: lab)
            // Before the launcher has started them there is nobody to kill.
            while running.process.isRunning, ranks(of: running).isEmpty { usleep(5_000) }
            usleep(1000 * UInt32.random(in: milliseconds, using: &generator))
            let ranks = ranks(of: running)
            if turn % 3 == 2 {
                for process in ranks { kill(process, SIGKILL) }
                running.send(SIGKILL)
            } else if let one = ranks.randomElement(using: &generator) {
                kill(one, SIGKILL)
            }
            if try running.finish().status == 0 { break }
            kills += 1
            // A launcher that was killed leaves ranks to themselves for a moment.
            for process in ranks { kill(process, SIGKILL) }
        }
        if try !status().contains("finished") { try lab.succeed(arguments()) }
        return kills
    }
}
