import Stitching

extension SearchGeneration {
    /// The settings of a member's training from its beginning, through those that it is a copy of.
    static func course(of member: SearchMember, _ generations: [SearchGeneration]) -> [SearchedSettings.Part]
    {
        var parts: [SearchedSettings.Part] = []
        var number: Int? = member.number
        for (index, generation) in generations.enumerated().reversed() {
            guard let place = number, let found = generation.members.first(where: { $0.number == place })
            else { break }
            parts.append(
                SearchedSettings.Part(
                    epochsBefore: index > 0 ? generations[index - 1].epochs : 0, member: found.number,
                    seed: found.seed, values: found.values))
            number = found.parent
        }
        // What didn't change is one part.
        return parts.reversed().reduce(into: []) { course, part in
            if let last = course.last, last.member == part.member, last.values == part.values { return }
            course.append(part)
        }
    }
}
