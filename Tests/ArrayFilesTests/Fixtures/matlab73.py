"""Writes MATLAB files of version 7.3 as MATLAB's save does; needs numpy, scipy and h5py."""
import h5py
import numpy as np
import scipy.sparse


def write(path, variables):
    """HDF5 with a user block, reversed extents, MATLAB_class and references."""
    Writer(path, variables)


class Writer:
    def __init__(self, path, variables):
        with h5py.File(path, "w", userblock_size=512) as file:
            self.file, self.count = file, 0
            for name, value in variables.items():
                self.put(file, name, value)
        header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: some day HDF5 schema 1.00 ."
        with open(path, "r+b") as file:
            file.write(header.ljust(116) + b"\0" * 8 + b"\x00\x02IM")

    def reference(self, value):
        group = self.file.require_group("#refs#")
        self.count += 1
        name = f"r{self.count}"
        self.put(group, name, value)
        return group[name].ref

    def references(self, owner, name, items, shape):
        array = np.empty(len(items), dtype=h5py.ref_dtype)
        for index, item in enumerate(items):
            array[index] = self.reference(item)
        array = array.reshape(shape[::-1])
        return owner.create_dataset(name, data=array, dtype=h5py.ref_dtype)

    def put(self, owner, name, value):
        word = lambda item, text: item.attrs.create("MATLAB_class", np.bytes_(text))
        if isinstance(value, dict):
            group = owner.create_group(name)
            word(group, "struct")
            for field in value:
                self.put(group, field, value[field])
        elif scipy.sparse.issparse(value):
            group = owner.create_group(name)
            word(group, "double")
            group.attrs.create("MATLAB_sparse", np.uint64(value.shape[0]))
            group.create_dataset("jc", data=value.indptr.astype("u8"))
            if value.nnz:
                group.create_dataset("ir", data=value.indices.astype("u8"))
                group.create_dataset("data", data=value.data)
        elif getattr(value, "dtype", None) is not None and value.dtype.names and value.dtype.kind == "V":
            group = owner.create_group(name)
            word(group, "struct")
            for field in value.dtype.names:
                items = [value[0, k][field] for k in range(value.shape[1])]
                self.references(group, field, items, value.shape)
        elif isinstance(value, np.ndarray) and value.dtype == object:
            word(self.references(owner, name, value.ravel(order="F"), value.shape), "cell")
        elif isinstance(value, str) or np.asarray(value).dtype.kind == "U":
            rows = [value] if isinstance(value, str) else list(value)
            width = max(map(len, rows))
            if width == 0:
                dataset = owner.create_dataset(name, data=np.array([0, 0], "u8"))
                dataset.attrs.create("MATLAB_empty", np.uint8(1))
            else:
                codes = [[ord(c) for c in row.ljust(width)] for row in rows]
                dataset = owner.create_dataset(name, data=np.array(codes, "u2").T)
            word(dataset, "char")
            dataset.attrs.create("MATLAB_int_decode", np.int32(2))
        else:
            array = np.atleast_2d(np.asarray(value))
            kind = {"f8": "double", "f4": "single", "b1": "logical", "c16": "double"}.get(
                array.dtype.str[1:], array.dtype.name)
            if array.size == 0:
                dataset = owner.create_dataset(name, data=np.array(array.shape, "u8"))
                dataset.attrs.create("MATLAB_empty", np.uint8(1))
            elif array.dtype.kind == "c":
                pairs = np.empty(array.T.shape, [("real", "f8"), ("imag", "f8")])
                pairs["real"], pairs["imag"] = array.T.real, array.T.imag
                dataset = owner.create_dataset(name, data=pairs)
            else:
                stored = array.astype("u1") if kind == "logical" else array
                dataset = owner.create_dataset(name, data=stored.T)
            word(dataset, kind)
