package story

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
)

// image makes the bytes of a binary: headers that tools for the format accept, one section of code, and text about
// itself. The content follows from the binary's seed alone.
func image(b *Binary) []byte {
	var head []byte
	switch b.Platform {
	case Linux:
		head = elfHeader(b)
	case MacOS:
		head = machHeader(b)
	default:
		head = peHeader(b)
	}
	out := make([]byte, b.size)
	copy(out, head)
	fill(out[len(head):], b.seed)
	return out
}

// fill writes text and code-like bytes that compress about as well as a program does.
func fill(dst []byte, seed string) {
	h := fnv.New64a()
	h.Write([]byte(seed)) // never fails
	r := &random{state: h.Sum64()}
	n := copy(dst, "This program belongs to a simulation: "+seed+"\x00")
	for n+8 <= len(dst) {
		word := r.next()
		if word%3 != 0 {
			n += copy(dst[n:], "\x55\x8b\xec\x83\xec\x08\x5d\xc3")
			continue
		}
		binary.LittleEndian.PutUint64(dst[n:], word)
		n += 8
	}
}

// peHeader gives a DOS header and stub, the PE headers and one section header.
func peHeader(b *Binary) []byte {
	const peOffset, headers = 0x80, 0x200
	le := binary.LittleEndian
	h := make([]byte, headers)
	copy(h, "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8")
	le.PutUint16(h[0x18:], 0x40)
	le.PutUint32(h[0x3c:], peOffset)
	copy(h[0x40:], "\x0e\x1f\xba\x0e\x00\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$")
	pe := h[peOffset:]
	copy(pe, "PE\x00\x00")
	machine, optional, magic := uint16(0x14c), 0xe0, uint16(0x10b)
	characteristics := uint16(0x0102)
	if b.X64 {
		machine, optional, magic = 0x8664, 0xf0, 0x20b
		characteristics = 0x0022
	}
	if !b.Executable {
		characteristics |= 0x2000 // a library
	}
	le.PutUint16(pe[4:], machine)
	le.PutUint16(pe[6:], 1) // sections
	le.PutUint32(pe[8:], uint32(b.Compiled.Unix()))
	le.PutUint16(pe[20:], uint16(optional))
	le.PutUint16(pe[22:], characteristics)
	raw := uint32(b.size - headers)
	opt := pe[24:]
	le.PutUint16(opt, magic)
	le.PutUint32(opt[4:], raw)         // size of code
	le.PutUint32(opt[16:], 0x1000)     // entry point
	le.PutUint32(opt[20:], 0x1000)     // base of code
	le.PutUint32(opt[32:], 0x1000)     // section alignment
	le.PutUint32(opt[36:], 0x200)      // file alignment
	le.PutUint16(opt[40:], 6)          // operating system version
	le.PutUint16(opt[48:], 6)          // subsystem version
	le.PutUint32(opt[56:], 0x2000+raw) // size of image
	le.PutUint32(opt[60:], headers)    // size of headers
	le.PutUint16(opt[68:], 3)          // console
	if b.X64 {
		le.PutUint64(opt[24:], 0x140000000)
		le.PutUint32(opt[108:], 16)
	} else {
		le.PutUint32(opt[28:], 0x400000)
		le.PutUint32(opt[92:], 16)
	}
	section := opt[optional:]
	copy(section, ".text")
	le.PutUint32(section[8:], raw)
	le.PutUint32(section[12:], 0x1000)
	le.PutUint32(section[16:], raw)
	le.PutUint32(section[20:], headers)
	le.PutUint32(section[36:], 0x60000020) // code, executable, readable
	return h
}

// elfHeader gives the header of a 64-bit program and one segment.
func elfHeader(b *Binary) []byte {
	var h bytes.Buffer
	h.WriteString("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for _, v := range []any{
		uint16(2), uint16(0x3e), uint32(1), uint64(0x400078), uint64(64), uint64(0), uint32(0),
		uint16(64), uint16(56), uint16(1), uint16(0), uint16(0), uint16(0),
		uint32(1), uint32(5), uint64(0), uint64(0x400000), uint64(0x400000), uint64(b.size), uint64(b.size), uint64(0x1000),
	} {
		_ = binary.Write(&h, binary.LittleEndian, v) // fixed sizes into memory: cannot fail
	}
	return h.Bytes()
}

// machHeader gives the header of a 64-bit program and one segment.
func machHeader(b *Binary) []byte {
	var h bytes.Buffer
	for _, v := range []any{
		uint32(0xfeedfacf), uint32(0x01000007), uint32(3), uint32(2), uint32(1), uint32(72), uint32(0x85), uint32(0),
		uint32(0x19), uint32(72), [16]byte{'_', '_', 'T', 'E', 'X', 'T'}, uint64(0x100000000), uint64(b.size),
		uint64(0), uint64(b.size), uint32(7), uint32(5), uint32(0), uint32(0),
	} {
		_ = binary.Write(&h, binary.LittleEndian, v) // fixed sizes into memory: cannot fail
	}
	return h.Bytes()
}
