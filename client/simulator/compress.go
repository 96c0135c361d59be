package simulator

import (
	"bytes"
	"compress/gzip"
	"hash/maphash"
	"io"
	"net/http"
	"strings"
	"sync"
)

func acceptsGzip(r *http.Request) bool {
	for value := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(value, ";")
		name = strings.TrimSpace(name)
		if (name == "gzip" || name == "*") && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

// compressor compresses bodies and remembers the latest large ones by their content: a load test reads the same pages
// over and over, and compressing a page costs more than all else that is done for it. It is safe for concurrent use.
type compressor struct {
	seed    maphash.Seed
	writers sync.Pool // of *gzip.Writer: each allocates most of a megabyte for itself

	mu    sync.Mutex
	known map[content][]byte
	order []content // oldest first
}

// content identifies a body.
type content struct {
	hash   uint64
	length int
}

const (
	worthKeeping = 16 << 10 // bytes of a body
	maxKept      = 256      // bodies
)

func newCompressor() *compressor {
	return &compressor{seed: maphash.MakeSeed(), known: make(map[content][]byte)}
}

// compress gives body in gzip form. The result must not be changed.
func (c *compressor) compress(body []byte) []byte {
	if len(body) < worthKeeping {
		return c.deflate(body)
	}
	key := content{maphash.Bytes(c.seed, body), len(body)}
	c.mu.Lock()
	packed, ok := c.known[key]
	c.mu.Unlock()
	if ok {
		return packed
	}
	packed = c.deflate(body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.known[key]; !ok {
		if len(c.order) == maxKept {
			delete(c.known, c.order[0])
			c.order = c.order[1:]
		}
		c.known[key] = packed
		c.order = append(c.order, key)
	}
	return packed
}

func (c *compressor) deflate(body []byte) []byte {
	z, ok := c.writers.Get().(*gzip.Writer)
	if !ok {
		z, _ = gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // fails for an unknown level only
	}
	defer c.writers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	_, _ = z.Write(body) // into memory: cannot fail
	_ = z.Close()
	return out.Bytes()
}

// writeGzip sends a body compressed and chunked, as recorded from the real server.
func (s *Server) writeGzip(w http.ResponseWriter, body []byte, status int) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Add("Vary", "Accept-Encoding")
	w.WriteHeader(status)
	_, _ = w.Write(s.compressor.compress(body)) // fails only when the client went away
	_ = http.NewResponseController(w).Flush()   // now, so that a short body is chunked as well
}
