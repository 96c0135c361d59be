package response

import (
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/along"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/unzip"
)

// receipts is the [client.Noter] of Cb Response: of Live Response, and of the server's copies of binaries.
func receipts(next http.RoundTripper, note func(client.Receipt)) http.RoundTripper {
	return liveresponse.Response().Receipts(copies{next, note}, note)
}

// copies notes the copies of binaries.
type copies struct {
	next http.RoundTripper
	note func(client.Receipt)
}

// copied gives the MD5 of a binary from the path of its copy. Source: contract/response.md, section 12.
func copied(path string) (md5 string, ok bool) {
	md5, ok = strings.CutPrefix(path, "/api/v1/binary/")
	_, err := hex.DecodeString(md5)
	return strings.ToUpper(md5), ok && err == nil && len(md5) == 32
}

// RoundTrip passes a request on, and reads the answer along.
func (c copies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	md5, ok := copied(req.URL.EscapedPath())
	if err != nil || !ok || req.Method != http.MethodGet || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	r := client.Receipt{Kind: client.ReceiptBinary, Object: "Binary " + md5, Answered: client.AnswerTime(resp)}
	open := func(body io.Reader) (io.Reader, error) { return unzip.Named(body, "filedata") }
	resp.Body = along.HashOf(resp, open, func(sum [32]byte, size int64) {
		r.SHA256, r.Size = sum, size
		c.note(r)
	})
	return resp, nil
}
