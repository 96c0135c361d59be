package response

import (
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/search"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// binarySchema is what binaries can be searched by.
func binarySchema() *search.Schema {
	return &search.Schema{
		Fields: map[string]search.Kind{
			"md5": search.Keyword, "original_filename": search.Keyword, "internal_name": search.Keyword,
			"observed_filename": search.Path, "endpoint": search.Keyword, "hostname": search.Keyword, "group": search.Keyword,
			"os_type": search.Keyword, "digsig_result": search.Words, "signed": search.Words, "digsig_publisher": search.Words,
			"digsig_issuer": search.Words, "digsig_subject": search.Words, "digsig_prog_name": search.Words,
			"digsig_result_code": search.Keyword, "digsig_sign_time": search.Time,
			"company_name": search.Words, "product_name": search.Words, "product_desc": search.Words, "file_desc": search.Words,
			"file_version": search.Words, "product_version": search.Words, "legal_copyright": search.Words,
			"legal_trademark": search.Words, "comments": search.Words, "private_build": search.Words, "special_build": search.Words,
			"is_executable_image": search.Bool, "is_64bit": search.Bool, "host_count": search.Number, "orig_mod_len": search.Number,
			"copied_mod_len": search.Number, "cb_version": search.Number, "server_added_timestamp": search.Time,
			"timestamp": search.Time, "last_seen": search.Time,
		},
		Families: map[string]search.Kind{
			"alliance_score_": search.Number, "alliance_data_": search.Keyword, "alliance_link_": search.Words,
			"alliance_updated_": search.Time, "watchlist_": search.Keyword,
		},
		Bare: []string{
			"md5", "original_filename", "internal_name", "observed_filename", "company_name", "product_name", "file_desc",
			"digsig_publisher", "hostname",
		},
	}
}

// binaryDoc is a binary as a document.
type binaryDoc struct {
	*story.Binary
	number    int // in the order of being seen
	partition int64
	version   version
	hits      []story.Hit // of threat intelligence
}

// Strings gives the values of a text field for a search.
func (b binaryDoc) Strings(field string, buf []string) []string {
	buf = b.facet(field, buf)
	for i := range buf {
		buf[i] = strings.ToLower(buf[i])
	}
	return buf
}

// facet gives the values of a field as they are spelt.
func (b binaryDoc) facet(field string, buf []string) []string {
	switch field {
	case "md5":
		return append(buf, strings.ToUpper(b.MD5))
	case "observed_filename":
		return append(buf, b.Paths...)
	case "endpoint":
		return b.endpoints(buf)
	case "hostname":
		for _, e := range b.Endpoints {
			buf = append(buf, e.Name)
		}
		return buf
	case "group":
		return b.groups(buf)
	case "os_type":
		return append(buf, binaryOS(b.Platform))
	case "is_executable_image":
		return append(buf, strconv.FormatBool(b.Executable))
	case "is_64bit":
		return append(buf, strconv.FormatBool(b.X64))
	}
	if strings.HasPrefix(field, "alliance_") && !strings.HasPrefix(field, "alliance_score_") {
		return tagStrings(b.Binary, b.hits, field, buf)
	}
	if strings.HasSuffix(field, "_timestamp") || field == "timestamp" || field == "last_seen" || field == "digsig_sign_time" {
		for _, v := range b.Numbers(field, nil) {
			buf = append(buf, time.UnixMicro(v).UTC().Truncate(24*time.Hour).Format(indexTime))
		}
		return buf
	}
	if numbers := b.Numbers(field, nil); len(numbers) > 0 {
		return append(buf, strconv.FormatInt(numbers[0], 10))
	}
	return binaryText(b.Binary, field, buf)
}

// Numbers gives the values of a field of numbers or times for a search.
func (b binaryDoc) Numbers(field string, buf []int64) []int64 {
	switch field {
	case "host_count":
		return append(buf, int64(len(b.Endpoints)))
	case "orig_mod_len":
		return append(buf, int64(b.Size()))
	case "copied_mod_len":
		return append(buf, b.copied())
	case "cb_version":
		return append(buf, b.cbVersion())
	case "server_added_timestamp", "timestamp":
		return append(buf, b.FirstSeen.UnixMicro())
	case "last_seen":
		return append(buf, b.LastSeen.UnixMicro())
	case "digsig_sign_time":
		if !b.SignTime.IsZero() {
			return append(buf, b.SignTime.UnixMicro())
		}
	}
	return tagNumbers(b.Binary, b.hits, field, buf)
}

func (b binaryDoc) copied() int64 {
	if b.NoCopy {
		return 0
	}
	return int64(b.Size())
}

func (b binaryDoc) cbVersion() int64 { return int64(100*b.version.major + 10*b.version.minor) }

func (b binaryDoc) endpoints(buf []string) []string {
	for _, e := range b.Endpoints {
		buf = append(buf, e.Name+"|"+strconv.Itoa(e.ID))
	}
	return buf
}

func (b binaryDoc) groups(buf []string) []string {
	seen := make(map[string]bool)
	for _, e := range b.Endpoints {
		if !seen[e.Group.Name] {
			seen[e.Group.Name] = true
			buf = append(buf, e.Group.Name)
		}
	}
	return buf
}

func binaryOS(p story.Platform) string {
	switch p {
	case story.Linux:
		return "Linux"
	case story.MacOS:
		return "OSX"
	}
	return "Windows"
}

// binaryText gives the value of a field that says who made a binary.
func binaryText(b *story.Binary, field string, buf []string) []string {
	var v string
	switch field {
	case "digsig_result", "signed":
		v = string(b.Signature)
	case "digsig_result_code":
		v = resultCode(b.Signature)
	case "digsig_publisher":
		v = b.Publisher
	case "digsig_issuer":
		v = b.Issuer
	case "digsig_subject":
		v = b.Subject
	case "company_name":
		v = b.Company
	case "product_name":
		v = b.Product
	case "product_version", "file_version":
		v = b.Version
	case "file_desc":
		v = b.Description
	case "original_filename", "internal_name":
		v = b.Original
	case "legal_copyright":
		v = b.Copyright
	}
	if v == "" {
		return buf
	}
	return append(buf, v)
}

// binaryStrings is binaryText in lower case, for searches of processes by their binary.
func binaryStrings(b *story.Binary, field string, buf []string) []string {
	from := len(buf)
	buf = binaryText(b, field, buf)
	for i := from; i < len(buf); i++ {
		buf[i] = strings.ToLower(buf[i])
	}
	return buf
}

// resultCode is the Windows error of a signature check, as text.
func resultCode(s story.Signature) string {
	switch s {
	case story.Signed:
		return "0"
	case story.Expired:
		return "2148204801"
	case story.BadSigned:
		return "2148098064"
	case story.Untrusted:
		return "2148204809"
	}
	return "2148204800"
}
