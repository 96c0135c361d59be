package liveresponse

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// visit is a page that a user looked at.
type visit struct {
	url, title string
	count      int
	last       time.Time
}

// history puts the browser's history there: a database with a table urls, of the sites that the story tells of.
func (m *machine) history(s *story.Story, name string) {
	byURL := map[string]*visit{}
	var order []*visit
	for _, p := range s.Processes {
		if p.Endpoint != m.endpoint || p.Name != "chrome.exe" {
			continue
		}
		for _, n := range p.Netconns {
			if n.Domain == "" {
				continue
			}
			url := "https://" + n.Domain + "/"
			v := byURL[url]
			if v == nil {
				v = &visit{url: url, title: n.Domain}
				byURL[url], order = v, append(order, v)
			}
			v.count++
			if n.Time.After(v.last) {
				v.last = n.Time
			}
		}
	}
	if len(order) == 0 {
		return
	}
	data := historyDatabase(order)
	n := m.file(name, int64(len(data)), func() []byte { return data }, m.endpoint.Registered)
	for _, v := range order {
		if v.last.After(n.written) {
			n.written = v.last
		}
	}
}

// chromeTime counts microseconds since 1601.
func chromeTime(t time.Time) int64 { return int64(story.Filetime(t) / 10) }

const historySchema = "CREATE TABLE urls(id INTEGER PRIMARY KEY,url LONGVARCHAR,title LONGVARCHAR,visit_count INTEGER DEFAULT 0 NOT NULL," +
	"typed_count INTEGER DEFAULT 0 NOT NULL,last_visit_time INTEGER NOT NULL,hidden INTEGER DEFAULT 0 NOT NULL)"

// databasePage is the size of a page. A history of the story fits one page of its table.
const databasePage = 32768

// historyDatabase writes a SQLite 3 database of two pages: the schema and the table's leaf.
//
// Source: the file format's own description, sqlite.org/fileformat2.html.
func historyDatabase(visits []*visit) []byte {
	var rows [][]byte
	for i, v := range visits {
		rows = append(rows, cell(int64(i+1), nil, v.url, v.title, int64(v.count), int64(0), chromeTime(v.last), int64(0)))
	}
	file := make([]byte, 2*databasePage)
	leaf(file[:databasePage], 100, [][]byte{cell(1, "table", "urls", "urls", int64(2), historySchema)})
	leaf(file[databasePage:], 0, rows)
	h, be := file[:100], binary.BigEndian
	copy(h, "SQLite format 3\x00")
	be.PutUint16(h[16:], databasePage)
	h[18], h[19], h[21], h[22], h[23] = 1, 1, 64, 32, 32
	mark := fnv.New32a()
	fmt.Fprint(mark, len(visits)) // never fails
	be.PutUint32(h[24:], mark.Sum32()|1)
	be.PutUint32(h[28:], 2) // pages
	be.PutUint32(h[40:], 1) // schema cookie
	be.PutUint32(h[44:], 4) // schema format
	be.PutUint32(h[56:], 1) // UTF-8
	be.PutUint32(h[92:], mark.Sum32()|1)
	be.PutUint32(h[96:], 3008000)
	return file
}

// leaf writes the leaf of a table's tree into a page, after offset bytes. Rows that do not fit are left out.
func leaf(page []byte, offset int, cells [][]byte) {
	be := binary.BigEndian
	end, at, n := len(page), offset+8, 0
	for _, c := range cells {
		if end-len(c) < at+2 {
			break
		}
		end -= len(c)
		copy(page[end:], c)
		be.PutUint16(page[at:], uint16(end))
		at += 2
		n++
	}
	page[offset] = 13
	be.PutUint16(page[offset+3:], uint16(n))
	be.PutUint16(page[offset+5:], uint16(end))
}

// cell is a row: the lengths and types of its columns, then their bytes.
func cell(id int64, columns ...any) []byte {
	var types, data []byte
	for _, c := range columns {
		switch c := c.(type) {
		case nil:
			types = append(types, 0)
		case int64:
			types = append(types, 6)
			data = binary.BigEndian.AppendUint64(data, uint64(c))
		case string:
			types = appendVarint(types, uint64(2*len(c)+13))
			data = append(data, c...)
		}
	}
	header := append([]byte{byte(len(types) + 1)}, types...) // short: fewer than 127 bytes
	record := append(header, data...)
	out := appendVarint(nil, uint64(len(record)))
	out = appendVarint(out, uint64(id))
	return append(out, record...)
}

// appendVarint writes a number of up to 56 bits, seven bits a byte, the highest first.
func appendVarint(b []byte, v uint64) []byte {
	var tmp [8]byte
	i := len(tmp) - 1
	tmp[i] = byte(v & 0x7f)
	for v >>= 7; v > 0; v >>= 7 {
		i--
		tmp[i] = byte(v&0x7f) | 0x80
	}
	return append(b, tmp[i:]...)
}
