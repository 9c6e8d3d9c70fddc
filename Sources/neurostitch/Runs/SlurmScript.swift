import Foundation

/// A job script for Slurm that goes on by itself until its command is done.
struct SlurmScript {
    /// The run that comes of it.
    let run: String
    let workspace: String
    /// What stands behind `neurostitch`, without `--resume`.
    let arguments: [String]
    let ranks: Int
    let threads: Int
    /// As Slurm writes it: `HH:MM:SS` or `D-HH:MM:SS`.
    let time: String

    /// Members end their epoch and leave within that.
    private static let secondsBeforeLimit = 120

    var text: String {
        let name = run.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        let command = (["neurostitch"] + arguments).map(Self.quoted).joined(separator: " ")
        return """
            #!/bin/bash
            # One job, as often as it takes: before its time is over, or when another job needs its place, the work is left
            # as it is after an epoch, the job waits for its next turn, and goes on. Submit it with `sbatch`.
            #SBATCH --job-name=\(name ? run : "neurostitch")
            #SBATCH --ntasks=\(ranks)
            #SBATCH --cpus-per-task=\(threads)
            #SBATCH --time=\(time)
            #SBATCH --signal=TERM@\(Self.secondsBeforeLimit)
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --output=%x-%j.log

            # Empty before it was begun; then interrupted, running (when it was killed), failed or finished.
            status=$(neurostitch runs show \(Self.quoted(run)) --workspace \(Self.quoted(workspace)) --json 2>/dev/null |
                sed -n 's/^ *"status" : "\\([a-z]*\\)".*/\\1/p')
            case "$status" in
                finished) exit 0 ;;
                '') resume=() ;;
                *) resume=(--resume) ;;
            esac

            srun --mpi=pmix --kill-on-bad-exit=1 --cpus-per-task=\(threads) \\
                \(command) "${resume[@]}"
            code=$?

            # Stopped, by the signal before the limit (130) or by one that nobody can answer.
            case "$code" in
                130 | 137 | 143) scontrol requeue "$SLURM_JOB_ID" ;;
                *) exit "$code" ;;
            esac
            """
    }

    /// As a shell takes it for one word.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0))
            }
        return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
