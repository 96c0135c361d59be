package response

import (
	"strings"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// binaryStrings gives the values of a text field of a binary for a search.
func binaryStrings(b *story.Binary, field string, buf []string) []string {
	var v string
	switch field {
	case "digsig_result":
		v = string(b.Signature)
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
	}
	if v == "" {
		return buf
	}
	return append(buf, strings.ToLower(v))
}
