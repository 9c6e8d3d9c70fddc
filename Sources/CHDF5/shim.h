#pragma once
#include <hdf5.h>

// HDF5 names its types, property lists and flags by macros that hide an initialising call or a cast;
// Swift imports neither. One inline function each.

static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }

// What stands in the file is little-endian wherever it was written.
static inline hid_t chdf5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_file_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t chdf5_default_list(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_dataset_creation_list(void) { return H5Pcreate(H5P_DATASET_CREATE); }
static inline hid_t chdf5_group_creation_list(void) { return H5Pcreate(H5P_GROUP_CREATE); }
static inline hid_t chdf5_file_access_list(void) { return H5Pcreate(H5P_FILE_ACCESS); }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t chdf5_whole_space(void) { return H5S_ALL; }

/// Files of this access list are not locked by HDF5; negative where the library can't leave it.
static inline herr_t chdf5_without_locks(hid_t access) {
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 12 && H5_VERS_RELEASE == 0)
    return H5Pset_file_locking(access, 0, 1);
#else
    (void)access;
    return -1;
#endif
}

/// Stops HDF5 from printing its error stack: every failure is reported by our own errors.
static inline void chdf5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/// Whom to tell the name of each dataset.
typedef struct {
    void (*found)(const char *name, void *context);
    void *context;
} chdf5_visitor;

#if H5_VERSION_GE(1, 12, 0)
static inline herr_t chdf5_visit_object(hid_t object, const char *name, const H5O_info2_t *info,
                                        void *visitor) {
#else
static inline herr_t chdf5_visit_object(hid_t object, const char *name, const H5O_info_t *info,
                                        void *visitor) {
#endif
    (void)object;
    const chdf5_visitor *whom = (const chdf5_visitor *)visitor;
    if (info->type == H5O_TYPE_DATASET) whom->found(name, whom->context);
    return 0;
}

/// Names every dataset below `object`, however deep; soft and external links aren't followed.
static inline herr_t chdf5_visit_datasets(hid_t object, void (*found)(const char *, void *),
                                          void *context) {
    chdf5_visitor visitor = {found, context};
#if H5_VERSION_GE(1, 12, 0)
    return H5Ovisit3(object, H5_INDEX_NAME, H5_ITER_INC, chdf5_visit_object, &visitor,
                     H5O_INFO_BASIC);
#else
    return H5Ovisit2(object, H5_INDEX_NAME, H5_ITER_INC, chdf5_visit_object, &visitor,
                     H5O_INFO_BASIC);
#endif
}

/// The n-th attribute's name in alphabetical order; returns its length, or a negative number.
static inline ssize_t chdf5_attribute_name(hid_t object, hsize_t n, char *name, size_t capacity) {
    return H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, n, name, capacity,
                              H5P_DEFAULT);
}

/// How many attributes an object has, or a negative number.
static inline int64_t chdf5_attribute_count(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
    H5O_info2_t info;
    if (H5Oget_info3(object, &info, H5O_INFO_NUM_ATTRS) < 0) return -1;
#else
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0) return -1;
#endif
    return (int64_t)info.num_attrs;
}

/// Frees what HDF5 allocated for variable-length strings.
static inline herr_t chdf5_reclaim(hid_t type, hid_t space, void *strings) {
    return H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings);
}

/// Reads references to objects; returns a negative number where they are of another kind.
static inline herr_t chdf5_read_references(hid_t dataset, uint64_t *references) {
    hid_t type = H5Dget_type(dataset);
    int are_objects = H5Tget_class(type) == H5T_REFERENCE && H5Tequal(type, H5T_STD_REF_OBJ) > 0;
    H5Tclose(type);
    if (!are_objects) return -1;
    return H5Dread(dataset, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references);
}

/// Whom to tell the path of each object and the address that references to it hold.
typedef struct {
    void (*found)(const char *name, uint64_t address, void *context);
    void *context;
} chdf5_address_visitor;

#if H5_VERSION_GE(1, 12, 0)
static inline herr_t chdf5_visit_address(hid_t object, const char *name, const H5O_info2_t *info,
                                         void *visitor) {
    haddr_t address;
    if (H5VLnative_token_to_addr(object, info->token, &address) < 0) return -1;
#else
static inline herr_t chdf5_visit_address(hid_t object, const char *name, const H5O_info_t *info,
                                         void *visitor) {
    haddr_t address = info->addr;
#endif
    (void)object;
    const chdf5_address_visitor *whom = (const chdf5_address_visitor *)visitor;
    whom->found(name, address, whom->context);
    return 0;
}

/// Names every object below `object`, once, with its address. HDF5's own way from a reference to a
/// name searches the whole file for each.
static inline herr_t chdf5_visit_addresses(hid_t object,
                                           void (*found)(const char *, uint64_t, void *),
                                           void *context) {
    chdf5_address_visitor visitor = {found, context};
#if H5_VERSION_GE(1, 12, 0)
    return H5Ovisit3(object, H5_INDEX_NAME, H5_ITER_INC, chdf5_visit_address, &visitor,
                     H5O_INFO_BASIC);
#else
    return H5Ovisit2(object, H5_INDEX_NAME, H5_ITER_INC, chdf5_visit_address, &visitor,
                     H5O_INFO_BASIC);
#endif
}
