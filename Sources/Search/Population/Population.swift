import Alignment
import Foundation
import LinearAlgebra
import Messages
import Registry
import Stitching

/// A population while it is trained: who trains with what, and where each of them stands on the disk.
final class Population {
    private(set) var content: PopulationFile.Content
    private let training: TrainingInParts
    private let settings: StitchSettings
    private let plan: SearchPlan
    private let file: PopulationFile
    private let decisions: Decisions
    private let memberSettings: MemberSettings
    private let members: MemberTraining
    /// Other processes that train members.
    private let ranks: SearchRanks?

    /// - Parameters:
    ///   - settings: those of the manifest, resolved.
    ///   - threads: that an alignment may take.
    init(
        _ training: TrainingInParts, _ manifest: StitchManifest, _ settings: StitchSettings,
        _ plan: SearchPlan, _ file: PopulationFile, threads: Int, ranks: SearchRanks?
    ) throws {
        self.training = training
        self.ranks = ranks
        members = MemberTraining(training, plan.objective ?? .likelihood, threads: threads)
        self.settings = settings
        self.plan = plan
        self.file = file
        memberSettings = MemberSettings(training, manifest, settings, file)
        guard plan.generations <= settings.training.epochs else {
            throw SearchError.tooSmall(
                what: "\(plan.generations) generations of \(settings.training.epochs) epochs",
                expected: "at most as many generations as epochs")
        }
        var start: [String: SettingValue] = [:]
        for setting in plan.space { start[setting.name] = settings.value(of: setting.name) }
        decisions = Decisions(plan: plan, seed: settings.seed, start: start)
        content = PopulationFile.Content(
            settings: try settings.json(), plan: plan, next: decisions.beginning())
        // Every member's settings are known to be possible before anything is trained.
        for member in content.next { _ = try memberSettings.ofBeginning(member) }
    }

    func begin() throws { try file.write(content) }

    /// Takes up what a process before left.
    ///
    /// - Throws: `SearchError.planDiffers`
    func takeUp() throws {
        guard let found = try file.read() else { return try begin() }
        guard found.settings == content.settings, found.plan == content.plan else {
            throw SearchError.planDiffers(run: training.run)
        }
        content = found
    }

    func alignment(of settings: StitchSettings) throws -> AlignedDays { try members.alignment(of: settings) }

    // MARK: Generations

    func run(
        in registry: SessionRegistry, threads: Int, report: (SearchJourney.Event) -> Void,
        shouldStop: @escaping @Sendable () -> Bool
    ) throws -> SearchJourney.Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        func seconds() -> Double { (clock.now - start).seconds }
        try registry.recordSearchMembers(
            content.generations.flatMap { try $0.records() }, ofRun: training.run)
        let ends = plan.epochs(ofAll: settings.training.epochs)
        let before = content.generations.count
        while !content.next.isEmpty {
            guard let generation = try trained(ends, threads, report, shouldStop) else {
                try registry.finishRun(
                    training.run, as: .interrupted,
                    message: "stopped after generation \(content.generations.count) of \(ends.count)")
                return outcome(isFinished: false, nil, seconds())
            }
            let isLast =
                generation.number == ends.count
                || plan.minutes.map { seconds() >= 60 * $0 } ?? false
            content.generations.append(generation)
            guard generation.best != nil else {
                throw SearchError.nothingFound(
                    run: training.run, reason: generation.members.first?.problem ?? "it has no result")
            }
            content.next =
                isLast
                ? []
                : decisions.next(
                    after: generation, size: plan.size(after: generation.epochs, of: settings.training.epochs)
                )
            try file.write(content)
            try registry.recordSearchMembers(try generation.records(), ofRun: training.run)
            report(
                .generation(
                    generation, next: content.next,
                    secondsLeft: seconds() * share(left: ends, since: before)))
        }
        return try finish(in: registry, threads: threads, seconds: seconds())
    }

    /// Of the work that this process has done, as if every member did as much in an epoch.
    private func share(left ends: [Int], since before: Int) -> Double {
        func work(_ generations: Range<Int>) -> Double {
            generations.reduce(0) { sum, index in
                let begin = index == 0 ? 0 : ends[index - 1]
                let members =
                    index == 0 ? plan.members : plan.size(after: begin, of: settings.training.epochs)
                return sum + Double(members * (ends[index] - begin))
            }
        }
        let done = content.generations.count
        return content.next.isEmpty ? 0 : work(done..<ends.count) / max(work(before..<done), 1)
    }

    /// The next generation, every member trained; `nil` when it was stopped.
    private func trained(
        _ ends: [Int], _ threads: Int, _ report: (SearchJourney.Event) -> Void,
        _ shouldStop: @escaping @Sendable () -> Bool
    ) throws -> SearchGeneration? {
        let number = content.generations.count + 1
        let epochs = ends[number - 1]
        let tasks = try content.next.map { member in
            MemberTask(
                settings: try memberSettings.of(member, generation: number).json(), epochs: epochs,
                source: member.parent.map { file.member($0, generation: number - 1) },
                path: file.member(member.number, generation: number))
        }
        let (training, next) = (members, content.next)
        func member(_ place: Int, _ result: MemberResult) -> SearchMember {
            var member = next[place]
            member.objective = result.objective
            member.agreement = result.agreement
            member.problem = result.problem
            return member
        }
        var done = 0
        let results = try SideBySide.run(tasks, threads: threads, others: ranks) {
            try training.result(of: $0, shouldStop: shouldStop)
        } done: { place, result in
            guard let result else { return }
            done += 1
            report(.member(member(place, result), generation: number, done: done, of: tasks.count))
        }
        let members = results.enumerated().map { place, result in result.map { member(place, $0) } }
        guard !members.contains(nil) else { return nil }
        var generation = SearchGeneration(number: number, epochs: epochs, members: members.compactMap(\.self))
        generation.findProblems(plan.objective ?? .likelihood)
        return generation
    }

    // MARK: The end

    private func finish(
        in registry: SessionRegistry, threads: Int, seconds: Double
    ) throws -> SearchJourney.Outcome {
        guard let last = content.generations.last, let best = last.best else {
            throw SearchError.nothingFound(run: training.run, reason: "no generation is complete")
        }
        let path = file.member(best.number, generation: last.number)
        var settings = try training.settings(at: path)
        let comparison = try comparison(settings, path, last.number, threads: threads)
        settings.searched = SearchedSettings(
            members: plan.members, generations: content.generations.count,
            course: SearchGeneration.course(of: best, content.generations))
        let encoder = JSONEncoder.withNonFiniteNumbers
        encoder.outputFormatting = .sortedKeys
        try training.finishSearch(
            from: path, settings, member: best.number,
            comparisonJSON: comparison.map { String(decoding: try encoder.encode($0), as: UTF8.self) },
            in: registry)
        file.removeMembers()
        return outcome(isFinished: true, comparison, seconds)
    }

    private func outcome(
        isFinished: Bool, _ comparison: SearchJourney.Comparison?, _ seconds: Double
    ) -> SearchJourney.Outcome {
        var epochs = 0
        for (index, generation) in content.generations.enumerated() {
            let before = index > 0 ? content.generations[index - 1].epochs : 0
            epochs += generation.members.count * (generation.epochs - before)
        }
        return SearchJourney.Outcome(
            run: training.run, isFinished: isFinished, generations: content.generations,
            winner: isFinished ? content.generations.last?.best : nil, comparison: comparison, epochs: epochs,
            seconds: seconds)
    }

    private func comparison(
        _ winner: StitchSettings, _ path: String, _ generation: Int, threads: Int
    ) throws -> SearchJourney.Comparison? {
        guard settings.model.observation == .poisson else { return nil }
        let first = file.member(1, generation: generation)
        guard FileManager.default.fileExists(atPath: first) else { return nil }
        let hasTest = training.sessions.allSatisfy { !$0.testTrials.isEmpty }
        func bits(_ path: String, _ settings: StitchSettings) throws -> [Double] {
            let losses = try training.losses(at: path, settings, threads: threads) {
                hasTest ? $0.testTrials : $0.validationTrials
            }
            return zip(training.sessions, losses).map { session, loss in
                BitsPerSpike(session, trials: hasTest ? session.testTrials : session.validationTrials)
                    .value(meanLoss: loss ?? .nan)
            }
        }
        return SearchJourney.Comparison(
            part: hasTest ? .test : .valid, sessions: training.sessions.map(\.name),
            winner: try bits(path, winner), manifest: try bits(first, training.settings(at: first)))
    }
}
