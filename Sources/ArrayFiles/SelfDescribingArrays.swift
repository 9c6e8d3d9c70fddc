/// A file that has no attributes: what it says of itself are arrays as well. A number is an array of
/// one element, such as `bin_ms`; the names of an array's columns are texts beside it, such as
/// `behavior_names` for `behavior`.
protocol SelfDescribingArrays: ArrayContainer {}

extension SelfDescribingArrays {
    public func number(named name: String) throws -> Double? {
        guard exists(name) else { return nil }
        let values = try doubles(name).values
        guard let value = values.first, values.count == 1 else {
            throw ArrayFileError.wrongType(
                path: path, item: name, expected: "one number", found: "\(values.count) of them")
        }
        return value
    }

    public func texts(named name: String, of array: String?) throws -> [String]? {
        let whole = array.map { "\($0)_\(name)" } ?? name
        guard exists(whole) else { return nil }
        return try strings(whole).values
    }

    public func remarks() throws -> [String: String] { try remarksInArrays() }

    /// Arrays of one element.
    func remarksInArrays() throws -> [String: String] {
        var result: [String: String] = [:]
        for name in try arrayNames() where (try? shape(of: name).allSatisfy { $0 == 1 }) == true {
            // Whatever is neither text nor number isn't worth a failure.
            switch try? elementKind(of: name) {
            case .string: result[name] = (try? strings(name))?.values.first
            case .integer, .float: result[name] = (try? doubles(name))?.values.first?.plainText
            default: break
            }
        }
        return result
    }
}
