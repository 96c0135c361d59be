package response

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
)

// append appends the document of a search result.
//
// Source: contract/samples/binary_search_rows1.json, recorded from 6.2.
func (b binaryDoc) append(buf []byte) []byte {
	o := open(buf)
	b.fields(&o)
	return o.close()
}

// appendSummary appends the binary's own page: the document and its icon.
func (b binaryDoc) appendSummary(buf []byte) []byte {
	o := open(buf)
	b.fields(&o)
	if icon := b.icon(); icon != nil {
		o.text("icon", base64.StdEncoding.EncodeToString(icon))
	}
	return o.close()
}

func (b binaryDoc) fields(o *object) {
	o.text("md5", strings.ToUpper(b.MD5))
	o.number("host_count", int64(len(b.Endpoints)))
	o.texts("observed_filename", b.Paths)
	o.texts("endpoint", b.endpoints(nil))
	o.texts("group", b.groups(nil))
	o.text("os_type", binaryOS(b.Platform))
	o.number("orig_mod_len", int64(b.Size()))
	o.number("copied_mod_len", b.copied())
	o.truth("is_executable_image", b.Executable)
	o.truth("is_64bit", b.X64)
	for _, f := range []struct{ name, value string }{
		{"original_filename", b.Original}, {"internal_name", b.Original}, {"company_name", b.Company},
		{"product_name", b.Product}, {"product_version", b.Version}, {"file_version", b.Version},
		{"file_desc", b.Description}, {"legal_copyright", b.Copyright}, {"digsig_publisher", b.Publisher},
		{"digsig_issuer", b.Issuer}, {"digsig_subject", b.Subject},
	} {
		if f.value != "" {
			o.text(f.name, f.value)
		}
	}
	o.text("digsig_result", string(b.Signature))
	o.text("digsig_result_code", resultCode(b.Signature))
	o.text("signed", string(b.Signature))
	if !b.SignTime.IsZero() {
		o.text("digsig_sign_time", b.SignTime.UTC().Format("2006-01-02T15:04:05Z"))
	}
	o.instant("server_added_timestamp", b.FirstSeen)
	o.instant("timestamp", b.FirstSeen)
	o.instant("last_seen", b.LastSeen)
	o.number("cb_version", b.cbVersion())
	o.number("facet_id", 138000+int64(b.number))
	o.key("watchlists")
	o.buf = append(o.buf, "[]"...)
	o.alliance(tags(b.Binary, b.hits))
	if b.version.partitioned() {
		o.key("event_partition_id")
		o.buf = append(o.buf, '[')
		o.buf = strconv.AppendInt(o.buf, b.partition, 10)
		o.buf = append(o.buf, ']')
	}
}

// icon draws a square in a color of the binary's own; libraries have no icon.
func (b binaryDoc) icon() []byte {
	if !b.Executable || len(b.MD5) < 6 {
		return nil
	}
	rgb, err := strconv.ParseUint(b.MD5[:6], 16, 32)
	if err != nil {
		return nil
	}
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for y := range 16 {
		for x := range 16 {
			img.Set(x, y, color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil
	}
	return out.Bytes()
}
