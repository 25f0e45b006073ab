# SPDX-License-Identifier: Apache-2.0
# Writes an assembler file that carries the descriptor set as read-only bytes.
file(WRITE ${OUT} "    .section .rodata
    .global schema_descriptors
    .global schema_descriptors_end
    .balign 16
schema_descriptors:
    .incbin \"${IN}\"
schema_descriptors_end:
    .byte 0
    .section .note.GNU-stack,\"\",%progbits
")
