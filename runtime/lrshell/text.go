package lrshell

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cbscript/cbscript/runtime/output"
)

// showText writes text for a terminal: what would control it is made visible, ends of lines are those of the terminal, and
// UTF-16 that says so by its first bytes is read as such.
func showText(w io.Writer, r io.Reader) error {
	in := bufio.NewReader(r)
	head, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(head) >= 2 && head[0] == 0xff && head[1] == 0xfe:
		in = bufio.NewReader(&utf16Reader{in: in, low: 0})
	case len(head) >= 2 && head[0] == 0xfe && head[1] == 0xff:
		in = bufio.NewReader(&utf16Reader{in: in, low: 1})
	case len(head) == 3 && string(head) == "\xef\xbb\xbf":
		_, _ = in.Discard(3) // they are there
	}
	last := byte('\n')
	var held []byte // what a piece of a long line ends with, when more belongs to it
	for {
		piece, err := in.ReadSlice('\n')
		line := append(held, piece...)
		held = nil
		if errors.Is(err, bufio.ErrBufferFull) {
			whole := wholeText(line)
			line, held = line[:whole], slices.Clone(line[whole:])
		}
		if len(line) > 0 {
			last = line[len(line)-1]
			text := strings.ReplaceAll(string(line), "\r\n", "\n")
			if _, err := io.WriteString(w, output.Visible(text)); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if last != '\n' {
				_, err = io.WriteString(w, "\n") // the prompt comes next
				return err
			}
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

// wholeText is where the part of text ends that what follows cannot change: before a character that is cut, or before half
// an end of a line.
func wholeText(text []byte) int {
	if text[len(text)-1] == '\r' {
		return len(text) - 1
	}
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax); i-- {
		if utf8.RuneStart(text[i]) {
			if utf8.FullRune(text[i:]) {
				break
			}
			return i
		}
	}
	return len(text)
}

// utf16Reader gives UTF-16 as UTF-8, without the mark at its beginning.
type utf16Reader struct {
	in   *bufio.Reader
	low  int  // which byte of a pair is the low one
	high rune // the first half of a character that takes two, or 0
	rest []byte
}

// Read reads some text.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		var pair [2]byte
		if _, err := io.ReadFull(u.in, pair[:]); errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, io.EOF
		} else if err != nil {
			return 0, err
		}
		unit := rune(pair[u.low]) | rune(pair[1-u.low])<<8
		switch {
		case unit == 0xfeff:
		case u.high != 0:
			u.rest = utf8.AppendRune(u.rest, utf16.DecodeRune(u.high, unit))
			u.high = 0
		case unit >= 0xd800 && unit < 0xdc00:
			u.high = unit
		default:
			u.rest = utf8.AppendRune(u.rest, unit)
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

// writeHex writes bytes in lines of sixteen: where they stand in the file, their values, and what they are as ASCII.
func writeHex(w io.Writer, r io.Reader, offset int64) error {
	var line [16]byte
	for {
		n, err := io.ReadFull(r, line[:])
		if n > 0 {
			var values, plain strings.Builder
			for i := range line {
				switch {
				case i >= n:
					values.WriteString("   ")
					continue
				default:
					fmt.Fprintf(&values, "%02x ", line[i])
				}
				if i == 7 {
					values.WriteByte(' ')
				}
				if c := line[i]; c >= 0x20 && c < 0x7f {
					plain.WriteByte(c)
				} else {
					plain.WriteByte('.')
				}
			}
			if _, err := fmt.Fprintf(w, "%08x  %-50s|%s|\n", offset, values.String(), plain.String()); err != nil {
				return err
			}
			offset += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}
