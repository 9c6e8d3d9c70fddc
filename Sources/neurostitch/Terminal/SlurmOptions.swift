import ArgumentParser

/// What a job script asks of Slurm.
struct SlurmOptions: ParsableArguments {
    @Flag(
        name: .customLong("slurm"), help: "Print a job script for Slurm that does this, and do nothing else.")
    var isAsked = false

    @Option(name: .customLong("slurm-ranks"), help: "Processes of the job; each reads the recordings.")
    var ranks = 2

    @Option(name: .customLong("slurm-threads"), help: "Cores of each process.")
    var threads = 10

    @Option(
        name: .customLong("slurm-time"),
        help: "Time of one turn of the job, as Slurm writes it; it takes as many turns as it needs.")
    var time = "02:00:00"

    func validate() throws {
        guard (1...100_000).contains(ranks) else {
            throw ValidationError("--slurm-ranks is \(ranks); expected 1 to 100000.")
        }
        guard (1...1024).contains(threads) else {
            throw ValidationError("--slurm-threads is \(threads); expected 1 to 1024.")
        }
        guard time.wholeMatch(of: /(\d+-)?\d{1,2}:\d{2}:\d{2}/) != nil else {
            throw ValidationError("--slurm-time is \"\(time)\"; expected HH:MM:SS or D-HH:MM:SS.")
        }
    }
}
