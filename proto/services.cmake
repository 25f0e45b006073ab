# SPDX-License-Identifier: Apache-2.0
# Writes schema_services[], every service of pledge.v1, in the order of its file.
set(includes "")
set(entries "")
foreach(proto IN LISTS PROTOS)
    string(REGEX REPLACE "\\.proto$" ".pb-c.h" header ${proto})
    string(APPEND includes "#include \"${header}\"\n")
    file(STRINGS ${ROOT}/${proto} lines REGEX "^service [A-Za-z]+ {")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^service ([A-Za-z]+) {.*" "\\1" service ${line})
        string(REGEX REPLACE "([a-z])([A-Z])" "\\1_\\2" snake ${service})
        string(TOLOWER ${snake} snake)
        string(APPEND entries "    &pledge__v1__${snake}__descriptor,\n")
    endforeach()
endforeach()
file(WRITE ${OUT} "${includes}#include \"schema.h\"

const ProtobufCServiceDescriptor *const schema_services[] = {
${entries}    NULL,
};
")
