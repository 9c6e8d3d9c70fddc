/// The words of the error that `body` throws, or what came of it instead.
public func words(_ body: () throws -> some Any) -> String {
    do {
        let value = try body()
        return value is Void ? "nothing was thrown" : "no error, but \(value)"
    } catch {
        return "\(error)"
    }
}
