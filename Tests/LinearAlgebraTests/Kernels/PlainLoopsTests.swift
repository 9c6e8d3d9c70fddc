import CKernels
import Testing

/// Loops that only add, copy or mask: nothing but rounding separates them from the formula.
struct PlainLoopsTests {
    @Test(arguments: InstructionSets.available)
    func broadcastAndColumnSums(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(1)
        for columns in rowLengths {
            for rows in [1, 2, 7, 8, 9, 17, 24] {
                let values = numbers.floats(columns)
                var out = Rows(rows, columns, padding: columns % 3) { 0 }
                loops.broadcast_row(rows, columns, values, &out.values, out.leading)
                #expect(out.dense == (0..<rows).flatMap { _ in values })
                #expect(out.paddingIsUntouched)

                let x = Rows(rows, columns, padding: columns % 4) { Float(numbers.uniform()) }
                var sums = values
                loops.add_column_sums(rows, columns, x.values, x.leading, &sums)
                let expected = (0..<columns).map { j in
                    (0..<rows).reduce(Double(values[j])) { $0 + Double(x[$1, j]) }
                }
                // 25 terms below 1: 25 roundings of at most 25·2⁻²⁴ each.
                #expect(worstError(sums, expected) { _ in 1 } < 25 * 25 * 0x1p-24)
            }
        }
    }

    @Test(arguments: InstructionSets.available)
    func addition(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(2)
        for count in rowLengths {
            let (x, y) = (numbers.floats(count), numbers.floats(count))
            var sum = y
            loops.add(count, x, &sum)
            #expect(sum == zip(x, y).map { $0 + $1 })
        }
    }

    @Test(arguments: InstructionSets.available)
    func masks(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(3)
        for count in rowLengths {
            var x = numbers.floats(count)
            let mask = (0..<count).map { _ in UInt8(numbers.word() % 3 == 0 ? 0 : 1) }
            if let hidden = mask.firstIndex(of: 0) { x[hidden] = .nan }
            let expected = zip(x, mask).map { $1 == 1 ? $0 * 1.25 : 0 }
            var out = [Float](repeating: 7, count: count)
            loops.apply_mask(count, x, mask, 1.25, &out)
            #expect(out == expected)
            // In place, as the header allows.
            var place = x
            place.withUnsafeMutableBufferPointer {
                loops.apply_mask(count, $0.baseAddress, mask, 1.25, $0.baseAddress)
            }
            #expect(place == expected)
        }
    }

    @Test(arguments: InstructionSets.available)
    func masksOfRows(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(4)
        for columns in rowLengths {
            let x = Rows(4, columns, padding: columns % 3) { Float(numbers.uniform()) }
            let maskLeading = columns + columns % 2
            let mask = (0..<4 * maskLeading).map { _ in UInt8(numbers.word() % 2) }
            var out = Rows(4, columns, padding: columns % 5) { 9 }
            loops.apply_mask_rows(
                4, columns, x.values, x.leading, mask, maskLeading, 2, &out.values, out.leading)
            var expected: [Float] = []
            for i in 0..<4 {
                expected += (0..<columns).map { mask[i * maskLeading + $0] == 1 ? 2 * x[i, $0] : 0 }
            }
            #expect(out.dense == expected)
            #expect(out.paddingIsUntouched)
        }
    }

    @Test(arguments: InstructionSets.available)
    func rowsAddedAndCopied(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(6)
        for columns in rowLengths {
            let x = Rows(4, columns, padding: columns % 3) { Float(numbers.uniform()) }
            let before = Rows(4, columns, padding: columns % 5) { Float(numbers.uniform()) }
            let maskLeading = columns + columns % 2
            let mask = (0..<4 * maskLeading).map { _ in UInt8(numbers.word() % 2) }
            var copied = before
            loops.copy_rows(4, columns, x.values, x.leading, &copied.values, copied.leading)
            #expect(copied.dense == x.dense && copied.paddingIsUntouched)
            var added = before
            loops.add_rows(4, columns, x.values, x.leading, &added.values, added.leading)
            #expect(added.dense == zip(before.dense, x.dense).map { $0 + $1 })
            #expect(added.paddingIsUntouched)
            var masked = before
            loops.add_masked_rows(
                4, columns, x.values, x.leading, mask, maskLeading, 2, &masked.values, masked.leading)
            var expected: [Float] = []
            for i in 0..<4 {
                // A power of two as the scale: rounding is the same with a fused multiply-add.
                expected += (0..<columns).map {
                    before[i, $0] + (mask[i * maskLeading + $0] == 1 ? 2 * x[i, $0] : 0)
                }
            }
            #expect(masked.dense == expected && masked.paddingIsUntouched)
            // Has no result; must bear any length.
            loops.prefetch(columns, x.values)
        }
    }

    @Test(arguments: InstructionSets.available)
    func coordinatedDropout(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(7)
        for units in rowLengths {
            // Held-out units stand behind the encoded ones; their gradient always passes.
            let heldOut = units % 4
            let all = units + heldOut
            let counts = (0..<3 * all).map { _ in Float(numbers.word() % 4) }
            let keep = (0..<3 * units).map { _ in UInt8(numbers.word() % 3 == 0 ? 0 : 1) }
            var x = [Float](repeating: 9, count: 3 * units)
            var passes = [UInt8](repeating: 1, count: 3 * all)
            loops.coordinated_dropout(3, units, counts, all, keep, 1.25, &x, &passes)
            for t in 0..<3 {
                for j in 0..<all {
                    let isEncoded = j < units
                    let kept = isEncoded && keep[t * units + j] == 1
                    #expect(passes[t * all + j] == (isEncoded && kept ? 0 : 1))
                    if isEncoded {
                        #expect(x[t * units + j] == (kept ? counts[t * all + j] * 1.25 : 0))
                    }
                }
            }
        }
    }

    @Test(arguments: InstructionSets.available)
    func sumsOfSquares(name: String) throws {
        let loops = try InstructionSets.loops(name)
        var numbers = TestNumbers(5)
        for count in [0] + rowLengths + [1000] {
            var x = numbers.floats(count)
            if count > 2 { x[1] = 1e30 }
            let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
            // In double precision only the order of summation differs.
            #expect(abs(loops.sum_of_squares(count, x) - expected) <= 1e-13 * expected)
            if count > 0 {
                x[count - 1] = .nan
                #expect(loops.sum_of_squares(count, x).isNaN)
            }
        }
    }

    @Test(arguments: InstructionSets.available)
    func whatIsNoNumberStaysNone(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for count in [1, 9, 16, 40] {
            var x = [Float](repeating: 1, count: count)
            x[count / 2] = .nan
            var sum = [Float](repeating: 1, count: count)
            loops.add(count, x, &sum)
            #expect(sum.indices.filter { sum[$0].isNaN } == [count / 2])
            var columns = [Float](repeating: 0, count: count)
            loops.add_column_sums(9, count, (0..<9).flatMap { _ in x }, count, &columns)
            #expect(columns.indices.filter { columns[$0].isNaN } == [count / 2])
            var masked = x
            loops.apply_mask(count, x, [UInt8](repeating: 1, count: count), 2, &masked)
            #expect(masked.indices.filter { masked[$0].isNaN } == [count / 2])
        }
    }
}
