# As attention of one query, with the sharpness as scale.
def soft_lookup(query, keys, values, sharpness):
    scaled = sharpness * query.unsqueeze(0)
    found = F.scaled_dot_product_attention(scaled, keys, values, scale=1.0)
    return found.squeeze(0)
