package unzip_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cbscript/cbscript/client/unzip"
)

// entry is a file to be packed.
type entry struct {
	name, content string
	method        uint16
	sized         bool // the sizes stand before the content
}

// pack makes an archive as a server does that writes it while it sends it, or as one that knows the sizes.
func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: e.method, CRC32: crc32.ChecksumIEEE([]byte(e.content))}
		var (
			part io.Writer
			err  error
		)
		packed := e.content
		if e.sized {
			h.UncompressedSize64, h.CompressedSize64 = uint64(len(e.content)), uint64(len(packed))
			part, err = w.CreateRaw(h)
		} else {
			part, err = w.CreateHeader(h)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, packed); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEntries(t *testing.T) {
	stored := entry{name: "metadata", content: "about it", method: zip.Store, sized: true}
	deflated := entry{name: "filedata", content: strings.Repeat("MZ content ", 1000), method: zip.Deflate}
	for _, c := range []struct {
		name    string
		archive []byte
		open    func(io.Reader) (*unzip.File, error)
		entry   entry
		size    int64
	}{
		{"first, stored", pack(t, stored, deflated), unzip.First, stored, 8},
		{"first, deflated", pack(t, deflated, stored), unzip.First, deflated, -1},
		{"named, after another", pack(t, stored, deflated), named("filedata"), deflated, -1},
		{"named, after one that is deflated", pack(t, deflated, stored), named("metadata"), stored, 8},
		{"named, after one for large files", large(t, deflated, stored), named("metadata"), stored, 8},
		{"named, the first", pack(t, deflated, stored), named("filedata"), deflated, -1},
		{"empty", pack(t, entry{name: "none", method: zip.Store, sized: true}), unzip.First, entry{name: "none"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := c.open(iotest.OneByteReader(bytes.NewReader(c.archive)))
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(f)
			if err != nil || string(content) != c.entry.content || f.Name != c.entry.name || f.Size != c.size {
				t.Errorf("got %q of %d bytes, %d read, %v; want %q of %d bytes", f.Name, f.Size, len(content), err, c.entry.name, c.size)
			}
		})
	}
}

func named(name string) func(io.Reader) (*unzip.File, error) {
	return func(r io.Reader) (*unzip.File, error) { return unzip.Named(r, name) }
}

func TestNoArchive(t *testing.T) {
	stored := entry{name: "a", content: "content", method: zip.Store, sized: true}
	deflated := entry{name: "d", content: "content", method: zip.Deflate}
	change := func(at int, v byte) []byte {
		b := pack(t, stored)
		b[at] = v
		return b
	}
	for _, c := range []struct {
		name    string
		archive []byte
		open    func(io.Reader) (*unzip.File, error)
		want    string
	}{
		{"nothing", nil, unzip.First, "unexpected EOF"},
		{"text", []byte(strings.Repeat("no archive at all ", 10)), unzip.First, "no entry begins where one should"},
		{"not that entry", pack(t, stored), named("b"), `no zip archive with an entry "b"`},
		{"encrypted", change(6, 1), unzip.First, `"a" is encrypted`},
		{"another method", change(8, 12), unzip.First, "unknown method 12"},
		{"stored without a size", change(6, 8), unzip.First, "does not tell its size"},
		{"too large for the header", changed(pack(t, stored), 18, 0xff, 0xff, 0xff, 0xff), unzip.First, "does not tell its size"},
		{"behind a stored one without a size", changed(pack(t, stored, deflated), 6, 8), named("d"), `the entry "a" before "d" cannot be passed over: its entry "a" does not tell`},
		{"behind one that breaks off", pack(t, deflated, stored)[:34], named("a"), `the entry "d" before "a" cannot be passed over: unexpected EOF`},
		{"behind one without its sizes", append(bytes.Clone(pack(t, deflated)[:52]), make([]byte, 30)...), named("a"), `the entry "d" before "a" cannot be passed over: `},
		{"breaks off in the header", pack(t, stored)[:20], unzip.First, "unexpected EOF"},
		{"breaks off in the name", pack(t, stored)[:30], unzip.First, "unexpected EOF"},
		{"breaks off before it", pack(t, stored)[:34], named("b"), `the entry "a" before "b" cannot be passed over: unexpected EOF`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.open(bytes.NewReader(c.archive)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func changed(b []byte, at int, bytes ...byte) []byte {
	copy(b[at:], bytes)
	return b
}

// TestBreaksOff: a transfer that ends within the content is an error, however it was packed.
func TestBreaksOff(t *testing.T) {
	for _, e := range []entry{
		{name: "a", content: strings.Repeat("content", 100), method: zip.Store, sized: true},
		{name: "a", content: strings.Repeat("content", 100), method: zip.Deflate},
	} {
		f, err := unzip.First(bytes.NewReader(pack(t, e)[:40]))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, f); err != io.ErrUnexpectedEOF {
			t.Errorf("method %d: got %d bytes and %v", e.method, n, err)
		}
	}
}

// TestChecksum: content that was damaged on its way is an error, wherever its checksum stands.
func TestChecksum(t *testing.T) {
	for _, e := range []entry{
		{name: "a", content: strings.Repeat("content", 100), method: zip.Store, sized: true},
		{name: "a", content: strings.Repeat("content", 100), method: zip.Deflate},
	} {
		archive := pack(t, e)
		sum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(e.content)))
		for at := range bytes.Count(archive, sum) {
			b := bytes.Clone(archive)
			for i := 0; i <= at; i++ {
				changed(b, bytes.Index(b, sum), 0)
			}
			f, err := unzip.First(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err = io.Copy(io.Discard, f); err == nil || !strings.Contains(err.Error(), "checksum") {
					t.Errorf("method %d: got %v, want an error about the checksum", e.method, err)
				}
			}
		}
	}
}

// large packs the entries as for large files: the sizes behind a deflated entry have eight bytes each.
func large(t *testing.T, first, second entry) []byte {
	t.Helper()
	archive := pack(t, first, second)
	at := bytes.Index(archive, []byte("PK\x07\x08"))
	sizes := archive[at+8 : at+16]
	wide := make([]byte, 16)
	copy(wide, sizes[:4])
	copy(wide[8:], sizes[4:])
	return slices.Concat(archive[:at+8], wide, archive[at+16:])
}

// TestAnnouncedSize: content that is longer or shorter than its header says is an error.
func TestAnnouncedSize(t *testing.T) {
	archive := pack(t, entry{name: "a", content: strings.Repeat("content", 100), method: zip.Deflate})
	for size, want := range map[byte]string{50: "holds more than its header says", 255: "unexpected EOF"} {
		// As if the sizes stood before the content: 700 bytes are, in the place of 50, and of 255*256.
		b := changed(bytes.Clone(archive), 6, 0)
		b = changed(b, 22, 50)
		if size == 255 {
			b = changed(b, 22, 0, 255)
		}
		f, err := unzip.First(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func Example() {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	part, _ := w.Create("a.exe")
	io.WriteString(part, "MZ")
	w.Close()

	f, err := unzip.First(&archive)
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(os.Stdout, f)
	// Output: MZ
}

// FuzzFirst: whatever a server sends, reading it ends, and with no more than was packed.
func FuzzFirst(f *testing.F) {
	f.Add(pack(f, entry{name: "a", content: "content", method: zip.Store, sized: true}))
	f.Add(pack(f, entry{name: "a", content: "content", method: zip.Deflate}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := unzip.First(bytes.NewReader(data))
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, file)
		if n > int64(len(data))*1100 {
			t.Errorf("%d bytes came out of %d", n, len(data))
		}
		if err == nil && file.Size >= 0 && n != file.Size {
			t.Errorf("%d bytes of an entry of %d", n, file.Size)
		}
	})
}
