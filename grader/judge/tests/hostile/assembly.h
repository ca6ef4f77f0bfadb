// Reads a file while it is assembled.
asm(".section .rodata\n.incbin \"/dev/stdin\"\n");
