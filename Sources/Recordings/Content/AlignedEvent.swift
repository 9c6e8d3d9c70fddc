/// The event that all trials of a recording are cut around, and where it lies in them.
public struct AlignedEvent: Sendable, Equatable, Codable {
    /// What the event is called, such as a column of the table of trials.
    public let name: String
    /// From the beginning of the trial to the event, milliseconds; negative where the trial begins after it.
    public let milliseconds: Double

    /// Names an event and its place.
    public init(name: String, milliseconds: Double) {
        self.name = name
        self.milliseconds = milliseconds
    }
}

extension RecordingMetadata {
    /// `nil` where trials were not cut around an event, or where nothing is known of one, as in recordings that were registered
    /// by versions up to 0.2.0.
    public var event: AlignedEvent? {
        guard let name = provenance[.alignedTo],
            let place = provenance[.eventMilliseconds].flatMap(Double.init)
        else { return nil }
        return AlignedEvent(name: name, milliseconds: place)
    }
}
