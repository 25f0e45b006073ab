# SPDX-License-Identifier: Apache-2.0
# Writes schema_services[], every service of pledge.v1 in the order of its file, and
# schema_streams[], which of their methods stream: protobuf-c's descriptors do not say.
set(includes "")
set(entries "")
set(streams "")
foreach(proto IN LISTS PROTOS)
    string(REGEX REPLACE "\\.proto$" ".pb-c.h" header ${proto})
    string(APPEND includes "#include \"${header}\"\n")
    file(READ ${ROOT}/${proto} text)
    string(REGEX MATCHALL
        "\nservice [A-Za-z]+ {|rpc [A-Za-z]+\\(stream |rpc [A-Za-z]+\\(|returns \\(stream |returns \\("
        tokens "${text}")
    foreach(token IN LISTS tokens)
        if(token MATCHES "service ([A-Za-z]+)")
            set(service ${CMAKE_MATCH_1})
            string(REGEX REPLACE "([a-z])([A-Z])" "\\1_\\2" snake ${service})
            string(TOLOWER ${snake} snake)
            string(APPEND entries "    &pledge__v1__${snake}__descriptor,\n")
        elseif(token MATCHES "rpc ([A-Za-z]+)")
            set(method ${CMAKE_MATCH_1})
            set(client false)
            if(token MATCHES "stream")
                set(client true)
            endif()
        else()
            set(server false)
            if(token MATCHES "stream")
                set(server true)
            endif()
            if(client OR server)
                string(APPEND streams
                    "    {\"/pledge.v1.${service}/${method}\", ${client}, ${server}},\n")
            endif()
        endif()
    endforeach()
endforeach()
file(WRITE ${OUT} "${includes}#include \"schema.h\"

const ProtobufCServiceDescriptor *const schema_services[] = {
${entries}    NULL,
};

const struct schema_stream schema_streams[] = {
${streams}    {0},
};
")
