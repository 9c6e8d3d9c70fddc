import Foundation
import Registry
import Stitching

extension SearchGeneration {
    func records() throws -> [SearchMemberRecord] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try members.map { member in
            SearchMemberRecord(
                generation: number, member: member.number, epochs: epochs, seed: Int(member.seed),
                origin: member.origin.rawValue, parent: member.parent,
                settingsJSON: String(decoding: try encoder.encode(member.values), as: UTF8.self),
                objective: member.objective, agreement: member.agreement, problem: member.problem)
        }
    }
}
